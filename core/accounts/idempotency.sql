-- name: find_answer(customer_id, route, key, since)^
-- A customer's, or the operator's where the customer is NULL.
SELECT fingerprint, status, body FROM idempotency_keys
WHERE coalesce(customer_id, 0) = coalesce(:customer_id, 0) AND route = :route AND key = :key AND created_at > :since;

-- name: answered_key(customer_id, key, since)$
-- Said as the index has it: `customer_id` by itself would have every answer read.
SELECT 1 FROM idempotency_keys
WHERE coalesce(customer_id, 0) = :customer_id AND key = :key AND created_at > :since LIMIT 1;

-- name: keep_answer(customer_id, route, key, fingerprint, status, body, now)!
-- One that is over its day is replaced.
INSERT OR REPLACE INTO idempotency_keys (customer_id, route, key, fingerprint, status, body, created_at)
VALUES (:customer_id, :route, :key, :fingerprint, :status, :body, :now);

-- name: forget_answers(since)!
DELETE FROM idempotency_keys WHERE created_at <= :since;

-- name: move_answers(seconds)!
UPDATE idempotency_keys SET created_at = created_at + :seconds;
