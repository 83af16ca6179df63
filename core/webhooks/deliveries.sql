-- name: list_all
SELECT d.*, j.public_id AS job_public_id, j.name AS job_name
FROM webhook_deliveries d LEFT JOIN jobs j ON j.id = d.job_id
WHERE d.endpoint_id = :endpoint_id AND d.id < :before ORDER BY d.id DESC LIMIT :limit;

-- name: list_of
SELECT d.*, j.public_id AS job_public_id, j.name AS job_name
FROM webhook_deliveries d LEFT JOIN jobs j ON j.id = d.job_id
WHERE d.endpoint_id = :endpoint_id AND d.status = :status AND d.id < :before ORDER BY d.id DESC LIMIT :limit;

-- name: delivery^
SELECT d.*, j.public_id AS job_public_id, j.name AS job_name
FROM webhook_deliveries d LEFT JOIN jobs j ON j.id = d.job_id
WHERE d.public_id = :public_id AND d.endpoint_id = :endpoint_id;

-- name: tries_of
-- The tries of a JSON list of deliveries, in order.
SELECT * FROM webhook_tries WHERE delivery_id IN (SELECT value FROM json_each(:ids)) ORDER BY delivery_id, number;

-- name: too_old
-- Never what still waits: a clock that was set leaves its `created_at` as it was, and it ends by itself.
SELECT id FROM webhook_deliveries WHERE status <> 'pending' AND created_at < :before ORDER BY created_at LIMIT :limit;

-- name: deleted_endpoint$
SELECT id FROM webhook_endpoints WHERE deleted_at IS NOT NULL ORDER BY id LIMIT 1;

-- name: deleted_endpoint_of(customer_id)$
SELECT id FROM webhook_endpoints WHERE customer_id = :customer_id AND deleted_at IS NOT NULL LIMIT 1;

-- name: of_endpoint
SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint_id ORDER BY id LIMIT :limit;

-- name: waiting$
-- How many messages wait for an endpoint, so many at most.
SELECT count(*) FROM (
    SELECT 1 FROM webhook_deliveries WHERE endpoint_id = :endpoint_id AND status = 'pending' LIMIT :most);

-- name: forget_named!
DELETE FROM job_webhooks WHERE endpoint_id = :endpoint_id AND job_id IN (
    SELECT job_id FROM job_webhooks WHERE endpoint_id = :endpoint_id LIMIT :limit);

-- name: erase_endpoint!
DELETE FROM webhook_endpoints WHERE id = :id;
