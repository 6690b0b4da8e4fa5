select
    tags.component, tags.cause,
    count(distinct feedback.response_id) as n_comments,
    count(distinct tickets.ticket_id) as n_tickets,
    count(distinct coalesce(feedback.customer, tickets.customer)) as n_customers
from tag_rows as tags
left join matched_feedback as feedback
    on tags.table_name = 'feedback' and feedback.response_id = tags.record_id
    and cast(feedback.responded_at as date) between $observed_from and $observed_to
left join matched_tickets as tickets
    on tags.table_name = 'tickets' and tickets.ticket_id = tags.record_id
    and cast(tickets.opened_at as date) between $observed_from and $observed_to
where tags.cause is not null and (feedback.response_id is not null or tickets.ticket_id is not null)
group by tags.component, tags.cause
order by n_comments + n_tickets desc, tags.component, tags.cause
