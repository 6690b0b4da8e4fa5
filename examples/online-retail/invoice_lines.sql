-- Each line of an invoice. An invoice has many lines, so its number is not an invoice_id here.
SELECT
    CASE WHEN CustomerID LIKE '%.0' THEN SUBSTR(CustomerID, 1, LENGTH(CustomerID) - 2) ELSE CustomerID END AS customer_id,
    CAST(CAST(InvoiceDate AS TIMESTAMP) AS DATE) AS charged_on,
    CAST(Quantity AS DECIMAL(12, 0)) * CAST(UnitPrice AS DECIMAL(12, 4)) AS amount,
    CASE WHEN InvoiceNo LIKE 'C%' THEN 'refund' ELSE 'one_off' END AS kind
FROM retail
