-- name: due
SELECT d.id, d.message_id, d.body, e.url, e.secret
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id JOIN customers c ON c.id = e.customer_id
WHERE d.endpoint_id = :endpoint_id AND d.status = 'pending' AND d.next_attempt_at <= :now
  AND e.enabled AND e.deleted_at IS NULL AND c.suspended_at IS NULL
ORDER BY d.next_attempt_at, d.id LIMIT :limit;

-- name: next_due_at$
SELECT min(next_attempt_at) FROM webhook_deliveries
WHERE endpoint_id = :endpoint_id AND status = 'pending' AND next_attempt_at > :after;

-- name: endpoints_with_due
-- Each endpoint costs a look into the index, whatever waits for it.
SELECT id, due_at FROM (SELECT e.id, (SELECT min(d.next_attempt_at) FROM webhook_deliveries d
    WHERE d.endpoint_id = e.id AND d.status = 'pending') AS due_at FROM webhook_endpoints e)
WHERE due_at IS NOT NULL;

-- name: is_on$
SELECT enabled AND deleted_at IS NULL FROM webhook_endpoints WHERE id = :endpoint_id;

-- name: delivery^
SELECT d.endpoint_id, d.status, d.tries, d.gives_up_at, e.deleted_at
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = :id;

-- name: end_waiting!
UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status = 'pending' LIMIT :limit);

-- name: move_waiting!
UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at + :seconds, gives_up_at = gives_up_at + :seconds
WHERE status = 'pending';

-- name: beyond
-- What is over of an endpoint's deliveries but the newest.
SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status <> 'pending' AND id <= (
    SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id ORDER BY id DESC LIMIT 1 OFFSET :kept)
ORDER BY id LIMIT :limit;

-- name: forget_tries!
DELETE FROM webhook_tries WHERE delivery_id IN (SELECT value FROM json_each(:ids));

-- name: forget_deliveries!
DELETE FROM webhook_deliveries WHERE id IN (SELECT value FROM json_each(:ids));
