-- name: add_seconds(customer_id, day, charged, free)!
INSERT INTO running_days (customer_id, day, charged_seconds, free_seconds) VALUES (:customer_id, :day, :charged, :free)
ON CONFLICT (customer_id, day) DO UPDATE
SET charged_seconds = charged_seconds + excluded.charged_seconds, free_seconds = free_seconds + excluded.free_seconds;

-- name: seconds_since(customer_id, day)^
SELECT coalesce(sum(charged_seconds), 0.0) AS charged, coalesce(sum(free_seconds), 0.0) AS free
FROM running_days WHERE customer_id = :customer_id AND day >= :day;

-- name: customers_to_review(day)
-- Those who are slowed, and those who have used something free.
SELECT id, slowed FROM customers
WHERE slowed = 1 OR id IN (SELECT customer_id FROM running_days WHERE day >= :day AND free_seconds > 0);

-- name: set_slowed(customer_id, slowed)!
UPDATE customers SET slowed = :slowed WHERE id = :customer_id;

-- name: forget_days(day)!
DELETE FROM running_days WHERE day < :day;
