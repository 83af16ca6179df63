-- name: insert_key(public_id, name, prefix, secret_hash, metrics_only, now)!
INSERT INTO admin_keys (public_id, name, prefix, secret_hash, metrics_only, created_at)
VALUES (:public_id, :name, :prefix, :secret_hash, :metrics_only, :now);

-- name: key_by_hash(secret_hash)^
SELECT id, prefix, secret_hash, metrics_only, revoked_at FROM admin_keys WHERE secret_hash = :secret_hash;

-- name: all_keys
SELECT id, public_id, name, prefix, metrics_only, created_at, last_used_at, revoked_at FROM admin_keys ORDER BY id;

-- name: keys_named(named)
-- The one with this id, or those with this prefix.
SELECT id, public_id, name, prefix, metrics_only, created_at, last_used_at, revoked_at FROM admin_keys
WHERE public_id = :named OR prefix = :named ORDER BY id;

-- name: revoke_key(now, id)!
UPDATE admin_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: key_used*!
UPDATE admin_keys SET last_used_at = max(coalesce(last_used_at, 0), :now) WHERE id = :key_id;
