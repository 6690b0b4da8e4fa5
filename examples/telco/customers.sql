-- A snapshot knows how long each customer has been there, not since when. Counted back from a day of our own choosing in
-- months of thirty days, tenure is exact; the calendar is made up, and nothing here may be read by calendar.
SELECT
    customerID AS customer_id,
    CAST(DATE '2020-01-01' - CAST(tenure AS INTEGER) * 30 AS DATE) AS acquired_on,
    CASE WHEN Churn = 'Yes' THEN DATE '2019-12-31' END AS ended_on,
    Contract AS term,
    InternetService AS internet,
    OnlineSecurity AS security,
    TechSupport AS tech_support,
    PaymentMethod AS payment
FROM telco
WHERE CAST(tenure AS INTEGER) > 0
