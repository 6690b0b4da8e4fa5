-- Baremetrics' import sheet to contracted revenue: one charge an interval, as agreed. Amounts stay in cents.
-- Running contracts are charged up to the day below: the last one in the sheet. Set the day of your export.
WITH contracts AS (
    SELECT
        {customer_id} AS customer_id,
        {subscription} AS subscription,
        upper(trim({currency})) AS currency,
        CAST({started_on:moment} AS DATE) AS started_on,
        CAST({ended_on:moment} AS DATE) AS ended_on,
        TRY_CAST({amount} AS BIGINT) * coalesce(TRY_CAST({quantity} AS BIGINT), 1) AS cents,
        coalesce(TRY_CAST({interval_count} AS INTEGER), 1)
            * CASE WHEN lower(trim({interval})) LIKE 'year%' THEN 12 ELSE 1 END AS months,
        coalesce(TRY_CAST({interval_count} AS INTEGER), 1)
            * CASE lower(trim({interval})) WHEN 'day' THEN 1 WHEN 'week' THEN 7 END AS days,
        {last_day} AS last_day
    FROM {view}
),
numbered AS (
    SELECT
        *,
        unnest(generate_series(0, date_diff('day', started_on, coalesce(ended_on, last_day)) // coalesce(days, 28 * months))) AS n
    FROM contracts
),
charges AS (
    SELECT
        *,
        CASE WHEN days IS NULL THEN started_on + to_months(CAST(n * months AS INTEGER))
            ELSE started_on + to_days(CAST(n * days AS INTEGER)) END AS charged_at,
        CASE WHEN days IS NULL THEN started_on + to_months(CAST((n + 1) * months AS INTEGER))
            ELSE started_on + to_days(CAST((n + 1) * days AS INTEGER)) END AS next_at
    FROM numbered
)
SELECT
    customer_id,
    subscription || '-' || CAST(n + 1 AS VARCHAR) AS invoice_id,
    CAST(charged_at AS DATE) AS charged_on,
    CAST(cents AS VARCHAR) AS amount,
    currency,
    'recurring' AS kind,
    CAST(charged_at AS DATE) AS period_start,
    CAST(next_at AS DATE) - 1 AS period_end
FROM charges
WHERE charged_at <= last_day AND (ended_on IS NULL OR charged_at < ended_on)
ORDER BY customer_id, subscription, n
