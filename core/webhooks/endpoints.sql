-- name: insert_endpoint!
INSERT INTO webhook_endpoints (public_id, customer_id, url, events, secret, credits_low_threshold_micro,
                               credits_are_low, created_at)
VALUES (:public_id, :customer_id, :url, :events, :secret, :threshold_micro, :credits_are_low, :now);

-- name: count_endpoints$
SELECT count(*) FROM webhook_endpoints WHERE customer_id = :customer_id AND deleted_at IS NULL;

-- name: listeners
SELECT id, events, credits_low_threshold_micro, credits_are_low FROM webhook_endpoints
WHERE customer_id = :customer_id AND enabled AND deleted_at IS NULL ORDER BY id;

-- name: endpoint^
-- One endpoint with what became of its newest delivery.
SELECT e.*, d.status AS last_status, d.next_attempt_at AS last_next_attempt_at, coalesce(t.at, d.created_at) AS last_at,
       t.status AS last_response_status
FROM webhook_endpoints e
LEFT JOIN webhook_deliveries d ON d.id = (SELECT max(id) FROM webhook_deliveries WHERE endpoint_id = e.id)
LEFT JOIN webhook_tries t ON t.delivery_id = d.id AND t.number = d.tries
WHERE e.public_id = :public_id AND e.customer_id = :customer_id AND e.deleted_at IS NULL;

-- name: list_endpoints
SELECT e.*, d.status AS last_status, d.next_attempt_at AS last_next_attempt_at, coalesce(t.at, d.created_at) AS last_at,
       t.status AS last_response_status
FROM webhook_endpoints e
LEFT JOIN webhook_deliveries d ON d.id = (SELECT max(id) FROM webhook_deliveries WHERE endpoint_id = e.id)
LEFT JOIN webhook_tries t ON t.delivery_id = d.id AND t.number = d.tries
WHERE e.customer_id = :customer_id AND e.id < :before AND e.deleted_at IS NULL ORDER BY e.id DESC LIMIT :limit;

-- name: endpoint_ids
-- Of a JSON list of public ids those that are a customer's.
SELECT id FROM webhook_endpoints
WHERE customer_id = :customer_id AND deleted_at IS NULL AND public_id IN (SELECT value FROM json_each(:public_ids));

-- name: ids_of_customer
SELECT id FROM webhook_endpoints WHERE customer_id = :customer_id AND deleted_at IS NULL;

-- name: customer_of_endpoint$
SELECT customer_id FROM webhook_endpoints WHERE id = :id;

-- name: change_endpoint!
UPDATE webhook_endpoints SET url = :url, events = :events, enabled = :enabled, disabled_reason = :disabled_reason,
    credits_low_threshold_micro = :threshold_micro, credits_are_low = :credits_are_low
WHERE id = :id;

-- name: end_what_waits!
-- All that waits at this moment is over: whoever sends goes by it, and writes it into the rows piece by piece.
UPDATE webhook_endpoints SET ended_through_id = (
    SELECT coalesce(max(id), 0) FROM webhook_deliveries WHERE endpoint_id = webhook_endpoints.id)
WHERE id = :id;

-- name: set_credits_are_low!
UPDATE webhook_endpoints SET credits_are_low = :is_low WHERE id = :id;

-- name: switch_off!
UPDATE webhook_endpoints SET enabled = 0, disabled_reason = :reason WHERE id = :id;

-- name: delete_endpoint!
-- Where and how it was told is forgotten at once.
UPDATE webhook_endpoints SET deleted_at = :now, enabled = 0, url = '', secret = '', events = '',
    disabled_reason = NULL
WHERE id = :id;

-- name: delete_all_endpoints!
UPDATE webhook_endpoints SET deleted_at = coalesce(deleted_at, :now), enabled = 0, url = '', secret = '', events = '',
    disabled_reason = NULL
WHERE customer_id = :customer_id;

-- name: named_for_job
SELECT endpoint_id FROM job_webhooks WHERE job_id = :job_id;
