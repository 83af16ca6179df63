-- name: insert_key(public_id, customer_id, name, prefix, secret_hash, scopes, now)!
INSERT INTO api_keys (public_id, customer_id, name, prefix, secret_hash, scopes, created_at)
VALUES (:public_id, :customer_id, :name, :prefix, :secret_hash, :scopes, :now);

-- name: key_by_hash(secret_hash)^
-- A key with what decides whether its customer may come in.
SELECT k.id AS key_id, k.customer_id, k.secret_hash, k.scopes, k.revoked_at, c.suspended_at, c.limits
FROM api_keys k JOIN customers c ON c.id = k.customer_id
WHERE k.secret_hash = :secret_hash;

-- name: revoke_key(now, customer_id, public_id)!
UPDATE api_keys SET revoked_at = :now
WHERE customer_id = :customer_id AND public_id = :public_id AND revoked_at IS NULL;

-- name: key_used*!
UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), :now) WHERE id = :key_id;

-- name: count_keys(customer_id)$
SELECT count(*) FROM api_keys WHERE customer_id = :customer_id AND revoked_at IS NULL;

-- name: list_keys(customer_id, before, limit)
SELECT id, public_id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys
WHERE customer_id = :customer_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: key(customer_id, public_id)^
SELECT id, public_id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys
WHERE customer_id = :customer_id AND public_id = :public_id;

-- name: key_by_id(key_id)^
SELECT id, public_id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys WHERE id = :key_id;
