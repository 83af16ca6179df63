-- name: customer_for_sign_in(email)^
SELECT id, password_hash FROM customers WHERE email = :email AND closed_at IS NULL;

-- name: customer_now(customer_id)^
SELECT password_hash, suspended_at, closed_at FROM customers WHERE id = :customer_id;

-- name: tries(account, source)^
SELECT tries, began_at FROM sign_in_tries WHERE account = :account AND source = :source;

-- name: set_tries(account, source, tries, began_at)!
INSERT INTO sign_in_tries (account, source, tries, began_at) VALUES (:account, :source, :tries, :began_at)
ON CONFLICT (account, source) DO UPDATE SET tries = excluded.tries, began_at = excluded.began_at;

-- name: forget_tries(account, source)!
DELETE FROM sign_in_tries WHERE account = :account AND source = :source;

-- name: forget_tries_of_account(account)!
DELETE FROM sign_in_tries WHERE account = :account;

-- name: forget_old_tries(before)!
DELETE FROM sign_in_tries WHERE began_at <= :before;

-- name: is_known_source(customer_id, source)$
SELECT 1 FROM sign_in_sources WHERE customer_id = :customer_id AND source = :source;

-- name: remember_source(customer_id, source, now)!
INSERT INTO sign_in_sources (customer_id, source, last_at) VALUES (:customer_id, :source, :now)
ON CONFLICT (customer_id, source) DO UPDATE SET last_at = excluded.last_at;

-- name: forget_sources_beyond(customer_id, kept)!
DELETE FROM sign_in_sources WHERE customer_id = :customer_id AND source NOT IN (
    SELECT source FROM sign_in_sources WHERE customer_id = :customer_id ORDER BY last_at DESC LIMIT :kept);

-- name: forget_old_sources(before)!
DELETE FROM sign_in_sources WHERE last_at <= :before;
