-- name: due
SELECT d.id, d.message_id, d.body, e.url, e.secret, e.customer_id
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id JOIN customers c ON c.id = e.customer_id
WHERE d.endpoint_id = :endpoint_id AND d.status = 'pending' AND d.next_attempt_at <= :now
  AND d.id > e.ended_through_id AND e.enabled AND e.deleted_at IS NULL AND c.suspended_at IS NULL
ORDER BY d.next_attempt_at, d.id LIMIT :limit;

-- name: next_due_at$
SELECT min(next_attempt_at) FROM webhook_deliveries
WHERE endpoint_id = :endpoint_id AND status = 'pending' AND next_attempt_at > :after;

-- name: endpoints_with_due
-- From one endpoint in the index of what waits to the next: each costs two looks, whatever waits for it, and one for
-- which nothing waits costs none.
WITH RECURSIVE waiting (id) AS (
    SELECT min(endpoint_id) FROM webhook_deliveries INDEXED BY webhook_deliveries_due WHERE status = 'pending'
    UNION ALL
    SELECT (SELECT min(endpoint_id) FROM webhook_deliveries INDEXED BY webhook_deliveries_due
            WHERE status = 'pending' AND endpoint_id > waiting.id)
    FROM waiting WHERE waiting.id IS NOT NULL)
SELECT id, (SELECT min(next_attempt_at) FROM webhook_deliveries INDEXED BY webhook_deliveries_due
            WHERE status = 'pending' AND endpoint_id = waiting.id) AS due_at
FROM waiting WHERE id IS NOT NULL;

-- name: is_on$
SELECT enabled AND deleted_at IS NULL FROM webhook_endpoints WHERE id = :endpoint_id;

-- name: has_ended$
-- Whether something waits for an endpoint that is over since it was switched off or deleted.
SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status = 'pending' AND id <= (
    SELECT ended_through_id FROM webhook_endpoints WHERE id = :endpoint_id));

-- name: delivery^
SELECT d.endpoint_id, d.status, d.tries, d.gives_up_at, e.deleted_at, e.url, d.id <= e.ended_through_id AS has_ended
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = :id;

-- name: end_waiting!
UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status = 'pending' AND id <= (
        SELECT ended_through_id FROM webhook_endpoints WHERE id = :endpoint_id)
    ORDER BY id LIMIT :limit);

-- name: move_waiting!
UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at + :seconds, gives_up_at = gives_up_at + :seconds
WHERE status = 'pending';

-- name: postpone_giving_up!
UPDATE webhook_deliveries SET gives_up_at = gives_up_at + :seconds WHERE status = 'pending';

-- name: beyond
-- What is over of an endpoint's deliveries but the newest.
SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status <> 'pending' AND id <= (
    SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id ORDER BY id DESC LIMIT 1 OFFSET :kept)
ORDER BY id LIMIT :limit;

-- name: forget_tries_before!
DELETE FROM webhook_tries WHERE delivery_id = :delivery_id AND number < :number;

-- name: forget_tries!
DELETE FROM webhook_tries WHERE delivery_id IN (SELECT value FROM json_each(:ids));

-- name: forget_deliveries!
DELETE FROM webhook_deliveries WHERE id IN (SELECT value FROM json_each(:ids));
