-- name: insert_customer(public_id, email, now)<!
-- A new customer without limits of its own.
INSERT INTO customers (public_id, email, created_at) VALUES (:public_id, :email, :now);

-- name: customer_by_email(email)^
SELECT id, public_id, email, created_at, suspended_at FROM customers WHERE email = :email;

-- name: suspend(now, customer_id)!
UPDATE customers SET suspended_at = :now WHERE id = :customer_id AND suspended_at IS NULL;

-- name: unsuspend(customer_id)!
UPDATE customers SET suspended_at = NULL WHERE id = :customer_id AND suspended_at IS NOT NULL;
