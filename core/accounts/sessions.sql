-- name: insert_session(customer_id, token_hash, now, expires_at)!
INSERT INTO sessions (customer_id, token_hash, created_at, last_used_at, expires_at)
VALUES (:customer_id, :token_hash, :now, :now, :expires_at);

-- name: session_by_hash(token_hash)^
-- A session with what decides whether its customer may come in.
SELECT s.id AS session_id, s.customer_id, s.token_hash, s.last_used_at, s.expires_at, c.suspended_at, c.limits
FROM sessions s JOIN customers c ON c.id = s.customer_id WHERE s.token_hash = :token_hash;

-- name: session_end(session_id)$
SELECT expires_at FROM sessions WHERE id = :session_id;

-- name: end_session(session_id)!
DELETE FROM sessions WHERE id = :session_id;

-- name: end_sessions(customer_id)!
DELETE FROM sessions WHERE customer_id = :customer_id;

-- name: end_oldest(customer_id, kept)!
-- All but those that were used last.
DELETE FROM sessions WHERE customer_id = :customer_id AND id NOT IN (
    SELECT id FROM sessions WHERE customer_id = :customer_id ORDER BY last_used_at DESC, id DESC LIMIT :kept);

-- name: session_used*!
UPDATE sessions SET last_used_at = max(last_used_at, :now) WHERE id = :session_id;

-- name: forget_sessions(now, unused_since)!
DELETE FROM sessions WHERE expires_at <= :now OR last_used_at <= :unused_since;
