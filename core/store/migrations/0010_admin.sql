-- Keys that open the operator's routes; `metrics_only` ones open GET /metrics alone.
CREATE TABLE admin_keys (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    metrics_only INTEGER NOT NULL,
    created_at REAL NOT NULL,
    last_used_at REAL,
    revoked_at REAL
);

-- Answers are kept for customers and, where customer_id is NULL, for the operator.
CREATE TABLE kept_answers (
    customer_id INTEGER REFERENCES customers (id),
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at REAL NOT NULL
);
INSERT INTO kept_answers (customer_id, route, key, fingerprint, status, body, created_at)
SELECT customer_id, route, key, fingerprint, status, body, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE kept_answers RENAME TO idempotency_keys;
CREATE UNIQUE INDEX idempotency_keys_by_owner ON idempotency_keys (coalesce(customer_id, 0), route, key);

-- Jobs of all customers by status: the operator's list, and how many there are.
CREATE INDEX jobs_of_all ON jobs (status, id);
-- How many units wait for others.
CREATE INDEX units_blocked ON units (state) WHERE state = 'blocked';
