-- Stripe subscriptions to customers: one row a customer. Every column of the export is text here.
-- The end is Ended At. Canceled At is the notice: the contract may run on to the end of its period.
WITH subscriptions_read AS (
    SELECT
        {customer_id} AS customer_id,
        {email} AS email,
        {started_on} AS started_text,
        {started_on:moment} AS started_at,
        {ended_on} AS ended_text,
        {ended_on:moment} AS ended_at,
        {notice_on} AS notice_text,
        {notice_on:moment} AS notice_at,
        {?plan}{plan} AS plan,
        {?interval}{interval} AS interval_of_plan,
        {reason} AS reason
    FROM {view}
    WHERE coalesce(trim({customer_id}), '') <> ''
        -- never became active
        AND lower(trim(coalesce({status}, ''))) NOT IN ('incomplete', 'incomplete_expired')
)
SELECT
    customer_id,
    max(email) AS email,
    arg_min(started_text, started_at) AS acquired_on,
    CASE WHEN count(*) = count(ended_at) THEN arg_max(ended_text, ended_at) END AS ended_on,
    CASE WHEN count(*) = count(notice_at) THEN arg_max(notice_text, notice_at) END AS notice_on,
    CASE
        WHEN count(*) > count(ended_at) THEN NULL
        WHEN arg_max(reason, ended_at) IN ('payment_failed', 'payment_disputed') THEN 'involuntary'
        WHEN arg_max(reason, ended_at) = 'cancellation_requested' THEN 'voluntary'
    END AS end_reason,
    {?plan}arg_max(plan, started_at) AS plan,
    {?interval}arg_max(interval_of_plan, started_at) AS billing_interval,
    count(*) AS subscriptions
FROM subscriptions_read
GROUP BY customer_id
ORDER BY customer_id
