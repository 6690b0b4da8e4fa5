-- The last monthly charge; what was charged before is not in the export.
SELECT
    customerID AS customer_id,
    DATE '2019-12-31' AS charged_on,
    CAST(MonthlyCharges AS DECIMAL(9, 2)) AS amount,
    'recurring' AS kind
FROM telco
WHERE CAST(tenure AS INTEGER) > 0
