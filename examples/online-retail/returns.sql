-- Each credit note (its number starts with C): goods that came back, or were never sent.
SELECT
    InvoiceNo AS event_id,
    MAX(CASE WHEN CustomerID LIKE '%.0' THEN SUBSTR(CustomerID, 1, LENGTH(CustomerID) - 2) ELSE CustomerID END) AS customer_id,
    MIN(CAST(InvoiceDate AS TIMESTAMP)) AS occurred_at,
    'returns' AS component,
    'amount' AS measure,
    -SUM(CAST(Quantity AS DECIMAL(12, 0)) * CAST(UnitPrice AS DECIMAL(12, 4))) AS value,
    TRUE AS failed
FROM retail
WHERE InvoiceNo LIKE 'C%'
GROUP BY InvoiceNo
ORDER BY event_id
