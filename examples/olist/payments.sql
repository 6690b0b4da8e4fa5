-- Each payment of an order, on the day of purchase.
SELECT
    c.customer_unique_id AS customer_id,
    CAST(CAST(o.order_purchase_timestamp AS TIMESTAMP) AS DATE) AS charged_on,
    CAST(p.payment_value AS DECIMAL(18, 2)) AS amount,
    p.order_id || '-' || p.payment_sequential AS invoice_id,
    'one_off' AS kind
FROM payments AS p
LEFT JOIN orders AS o ON o.order_id = p.order_id
LEFT JOIN customers AS c ON c.customer_id = o.customer_id
ORDER BY invoice_id
