-- Nobody was asked. A query that returns no rows says so.
SELECT customerID AS response_id, customerID AS customer_id, TIMESTAMP '2019-12-31 00:00:00' AS responded_at
FROM telco
WHERE 1 = 0
