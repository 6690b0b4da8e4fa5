-- One row a person: customer_id of the export is per order, the person is customer_unique_id.
SELECT
    c.customer_unique_id AS customer_id,
    CAST(MIN(CAST(o.order_purchase_timestamp AS TIMESTAMP)) AS DATE) AS acquired_on,
    MAX(c.customer_state) AS state
FROM orders AS o
JOIN customers AS c ON c.customer_id = o.customer_id
GROUP BY c.customer_unique_id
ORDER BY customer_id
