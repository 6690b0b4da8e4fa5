-- records of each cause with their text, from which examples are chosen: those that name nothing else first, then the
-- latest
select component, cause, record_id, text, n_named
from (
    select
        tags.component, tags.cause, tags.record_id, tags.n_named,
        coalesce(feedback.comment, tickets.body, tickets.subject) as text,
        row_number() over (
            partition by tags.component, tags.cause
            order by tags.n_named, coalesce(feedback.responded_at, tickets.opened_at) desc, tags.record_id,
                tags.table_name
        ) as place
    from (
        select record_id, table_name, component, cause, count(*) over (partition by table_name, record_id) as n_named
        from tag_rows
    ) as tags
    left join matched_feedback as feedback
        on tags.table_name = 'feedback' and feedback.response_id = tags.record_id
        and cast(feedback.responded_at as date) between $observed_from and $observed_to
    left join matched_tickets as tickets
        on tags.table_name = 'tickets' and tickets.ticket_id = tags.record_id
        and cast(tickets.opened_at as date) between $observed_from and $observed_to
    where tags.cause is not null
        and length(trim(coalesce(feedback.comment, tickets.body, tickets.subject, ''))) > 0
) as ranked
where place <= $candidates
order by component, cause, place
