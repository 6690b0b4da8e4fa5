-- Intercom messages to tickets: one row a conversation. Every column of the export is text here.
-- What teammates and bots write is no part of the body.
WITH messages_read AS (
    SELECT
        {conversation} AS ticket_id,
        {customer_id} AS customer_id,
        {email} AS email,
        coalesce(lower(trim({author})), '') IN ('admin', 'bot', 'teammate', 'operator', 'team') AS is_staff,
        {opened_at} AS opened_text,
        {opened_at:moment} AS opened_time,
        {closed_at} AS closed_text,
        {closed_at:moment} AS closed_time,
        {written_at:moment} AS written_time,
        trim(regexp_replace({body}, '<[^>]*>', ' ', 'g')) AS body,
        {tags} AS tags
    FROM {view}
    WHERE coalesce(trim({conversation}), '') <> ''
)
SELECT
    ticket_id,
    arg_min(customer_id, written_time) FILTER (WHERE NOT is_staff AND customer_id IS NOT NULL) AS customer_id,
    arg_min(email, written_time) FILTER (WHERE NOT is_staff AND email IS NOT NULL) AS email,
    arg_min(opened_text, opened_time) AS opened_at,
    arg_max(closed_text, closed_time) AS closed_at,
    string_agg(body, ' ' ORDER BY written_time, body) FILTER (WHERE NOT is_staff AND body <> '') AS body,
    max(tags) AS tags
FROM messages_read
GROUP BY ticket_id
ORDER BY ticket_id
