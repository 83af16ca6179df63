-- name: count_waiting$
SELECT count(*) FROM device_codes;

-- name: count_of_network(network)$
SELECT count(*) FROM device_codes WHERE network = :network;

-- name: network_of_most$
-- The one that has the most of them.
SELECT network FROM device_codes GROUP BY network ORDER BY count(*) DESC, network LIMIT 1;

-- name: drop_oldest(network)!
-- One that nobody has decided, if there is one.
DELETE FROM device_codes WHERE id = (
    SELECT id FROM device_codes WHERE network = :network ORDER BY decision IS NOT NULL, id LIMIT 1);

-- name: is_user_code_taken(user_hash)$
SELECT 1 FROM device_codes WHERE user_hash = :user_hash;

-- name: add_device_code(device_hash, user_hash, name, address, network, scopes, now, expires_at, interval_seconds)!
INSERT INTO device_codes (
    device_hash, user_hash, name, address, network, scopes, created_at, expires_at, interval_seconds)
VALUES (:device_hash, :user_hash, :name, :address, :network, :scopes, :now, :expires_at, :interval_seconds);

-- name: by_device_code(device_hash, now)^
-- One whose time is not over, with what decides whether its approver still may come in.
SELECT d.id, d.name, d.interval_seconds, d.asked_at, d.decision, d.granted, d.customer_id,
    c.suspended_at, c.closed_at, k.revoked_at
FROM device_codes d LEFT JOIN customers c ON c.id = d.customer_id LEFT JOIN api_keys k ON k.id = d.key_id
WHERE d.device_hash = :device_hash AND d.expires_at > :now;

-- name: by_user_code(user_hash, customer_id, now)^
-- One that nobody has decided yet, or this customer has.
SELECT id, name, address, scopes, created_at, expires_at, decision, granted FROM device_codes
WHERE user_hash = :user_hash AND expires_at > :now AND (customer_id IS NULL OR customer_id = :customer_id);

-- name: was_asked(id, now, interval_seconds)!
UPDATE device_codes SET asked_at = :now, interval_seconds = :interval_seconds WHERE id = :id;

-- name: decide(id, customer_id, key_id, decision, granted)!
UPDATE device_codes SET customer_id = :customer_id, key_id = :key_id, decision = :decision, granted = :granted
WHERE id = :id;

-- name: use_up(id)!
DELETE FROM device_codes WHERE id = :id;

-- name: forget_old(now)!
DELETE FROM device_codes WHERE expires_at <= :now;
