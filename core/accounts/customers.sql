-- name: insert_customer(public_id, email, now)<!
-- A new customer without limits of its own.
INSERT INTO customers (public_id, email, created_at) VALUES (:public_id, :email, :now);

-- name: customer_by_email(email)^
SELECT id, public_id, email, created_at, suspended_at FROM customers WHERE email = :email AND closed_at IS NULL;

-- name: suspend(now, customer_id)!
UPDATE customers SET suspended_at = :now WHERE id = :customer_id AND suspended_at IS NULL;

-- name: customer_by_id(customer_id)^
SELECT id, public_id, email, created_at, suspended_at FROM customers WHERE id = :customer_id;

-- name: end_sessions_of(customer_id)!
DELETE FROM sessions WHERE customer_id = :customer_id;

-- name: deny_logins_of(customer_id)!
-- Programs that it let in, but that have not fetched their keys yet.
UPDATE device_codes SET decision = 'denied', granted = NULL WHERE customer_id = :customer_id AND decision = 'approved';

-- name: unsuspend(customer_id)!
UPDATE customers SET suspended_at = NULL WHERE id = :customer_id AND closed_at IS NULL;

-- name: set_password_hash(customer_id, password_hash)!
UPDATE customers SET password_hash = :password_hash WHERE id = :customer_id;

-- name: all_customers
SELECT c.public_id, c.email, c.created_at, c.suspended_at, c.password_hash,
    (SELECT count(*) FROM api_keys k WHERE k.customer_id = c.id AND k.revoked_at IS NULL) AS keys,
    (SELECT count(*) FROM sessions s WHERE s.customer_id = c.id) AS sessions
FROM customers c WHERE c.closed_at IS NULL ORDER BY c.id;
