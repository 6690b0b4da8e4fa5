-- Baremetrics' import sheet to customers: one row a customer. Every column of the sheet is text here.
WITH subscriptions_read AS (
    SELECT
        {customer_id} AS customer_id,
        {?plan}{plan} AS plan,
        {email} AS email,
        {started_on:moment} AS started_at,
        {ended_on:moment} AS ended_at
    FROM {view}
    WHERE coalesce(trim({customer_id}), '') <> ''
)
SELECT
    customer_id,
    max(email) AS email,
    CAST(min(started_at) AS DATE) AS acquired_on,
    CASE WHEN count(*) = count(ended_at) THEN CAST(max(ended_at) AS DATE) END AS ended_on,
    {?plan}arg_max(plan, started_at) AS plan,
    count(*) AS subscriptions
FROM subscriptions_read
GROUP BY customer_id
ORDER BY customer_id
