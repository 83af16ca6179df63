-- name: value(key)$
SELECT value FROM service WHERE key = :key;

-- name: set_value(key, value)!
INSERT INTO service (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
