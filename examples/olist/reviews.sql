-- Each review, tied to its order. In the full data set one review_id may belong to several orders.
SELECT
    r.review_id || '-' || r.order_id AS response_id,
    c.customer_unique_id AS customer_id,
    CAST(r.review_answer_timestamp AS TIMESTAMP) AS responded_at,
    CAST(r.review_score AS INTEGER) AS csat,
    TRIM(COALESCE(r.review_comment_title, '') || ' ' || COALESCE(r.review_comment_message, '')) AS comment,
    'pt' AS language,
    r.order_id AS event_id
FROM reviews AS r
LEFT JOIN orders AS o ON o.order_id = r.order_id
LEFT JOIN customers AS c ON c.customer_id = o.customer_id
ORDER BY response_id
