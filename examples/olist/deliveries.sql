-- Each delivery: late ones happen on the promised day, when the customer first waits in vain.
SELECT
    o.order_id AS event_id,
    c.customer_unique_id AS customer_id,
    CASE
        WHEN CAST(o.order_delivered_customer_date AS TIMESTAMP) > CAST(o.order_estimated_delivery_date AS TIMESTAMP)
            THEN CAST(o.order_estimated_delivery_date AS TIMESTAMP)
        ELSE CAST(o.order_delivered_customer_date AS TIMESTAMP)
    END AS occurred_at,
    'delivery' AS component,
    'days' AS measure,
    DATE_DIFF(
        'day', CAST(CAST(o.order_purchase_timestamp AS TIMESTAMP) AS DATE),
        CAST(CAST(o.order_delivered_customer_date AS TIMESTAMP) AS DATE)
    ) AS value,
    DATE_DIFF(
        'day', CAST(CAST(o.order_purchase_timestamp AS TIMESTAMP) AS DATE),
        CAST(CAST(o.order_estimated_delivery_date AS TIMESTAMP) AS DATE)
    ) AS promised,
    CAST(o.order_delivered_customer_date AS TIMESTAMP) > CAST(o.order_estimated_delivery_date AS TIMESTAMP) AS failed
FROM orders AS o
LEFT JOIN customers AS c ON c.customer_id = o.customer_id
WHERE o.order_delivered_customer_date IS NOT NULL
ORDER BY event_id
