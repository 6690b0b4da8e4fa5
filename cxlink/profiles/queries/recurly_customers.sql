-- Recurly subscriptions to customers: one row a customer. Every column of the export is text here.
-- The state canceled means that it will not renew; it runs to expires_at, when its state is expired.
WITH subscriptions_read AS (
    SELECT
        {customer_id} AS customer_id,
        {?plan}{plan} AS plan,
        {email} AS email,
        {started_on} AS started_text,
        {started_on:moment} AS started_at,
        CASE WHEN lower(trim({status})) = 'expired' THEN {ended_on} END AS ended_text,
        CASE WHEN lower(trim({status})) = 'expired' THEN {ended_on:moment} END AS ended_at,
        {notice_on} AS notice_text,
        {notice_on:moment} AS notice_at
    FROM {view}
    WHERE coalesce(trim({customer_id}), '') <> ''
        -- not yet begun
        AND lower(trim(coalesce({status}, ''))) <> 'future'
)
SELECT
    customer_id,
    max(email) AS email,
    arg_min(started_text, started_at) AS acquired_on,
    CASE WHEN count(*) = count(ended_at) THEN arg_max(ended_text, ended_at) END AS ended_on,
    CASE WHEN count(*) = count(notice_at) THEN arg_max(notice_text, notice_at) END AS notice_on,
    {?plan}arg_max(plan, started_at) AS plan,
    count(*) AS subscriptions
FROM subscriptions_read
GROUP BY customer_id
ORDER BY customer_id
