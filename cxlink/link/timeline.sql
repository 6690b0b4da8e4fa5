-- incidents that count as exposure: operational records first, complaints only where nothing else covers the component
create table dated_tags as
select
    tags.record_id, tags.table_name, tags.component, tags.cause,
    coalesce(tickets.customer, feedback.customer) as customer,
    coalesce(cast(tickets.opened_at as date), cast(feedback.responded_at as date)) as happened_on
from tag_rows as tags
left join matched_tickets as tickets on tags.table_name = 'tickets' and tickets.ticket_id = tags.record_id
left join matched_feedback as feedback on tags.table_name = 'feedback' and feedback.response_id = tags.record_id
where tags.is_cancellation = false and tags.is_complaint;

create table covered_components as
select component from dated_tags where table_name = 'tickets'
union
select component from event_failures;

-- a ticket soon after a failed event of the same component is about that event
create table tickets_about_events as
select distinct tags.record_id, tags.component
from dated_tags as tags
join event_failures as events
    on events.customer = tags.customer and events.component = tags.component and events.fails
    and events.occurred_on <= tags.happened_on
    and date_diff('day', events.occurred_on, tags.happened_on) <= $same_incident_days
where tags.table_name = 'tickets';

create table linked_incidents as
select
    customer, component, min(cause) as cause, happened_on, min(table_name) as table_name, min(record_id) as record_id
from (
    select tags.customer, tags.component, tags.cause, tags.happened_on, tags.table_name, tags.record_id
    from dated_tags as tags
    left join tickets_about_events as known
        on known.record_id = tags.record_id and known.component = tags.component
    where tags.table_name = 'tickets' and known.record_id is null
    union all
    select customer, component, cast(null as varchar), occurred_on, 'events', event_id
    from event_failures
    where fails
    union all
    select customer, component, cause, happened_on, table_name, record_id
    from dated_tags
    where table_name = 'feedback' and component not in (select component from covered_components)
) as sources
where customer is not null and happened_on <= $observed_to
group by customer, component, happened_on
