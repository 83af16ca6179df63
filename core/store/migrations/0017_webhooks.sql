-- Where customers have events sent. The secret signs all that is sent there, so it is kept as it is, not as a hash. Of a
-- deleted one the row stays until its log is gone; no key is given twice, since deliveries under way name it. What waited
-- when it was switched off last, all up to `ended_through_id`, is over, also where it is switched on again.
CREATE TABLE webhook_endpoints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    secret TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    disabled_reason TEXT,
    credits_low_threshold_micro INTEGER,
    credits_are_low INTEGER NOT NULL DEFAULT 0,
    ended_through_id INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    deleted_at REAL
);
CREATE INDEX webhook_endpoints_of_customer ON webhook_endpoints (customer_id, id);
CREATE INDEX webhook_endpoints_deleted ON webhook_endpoints (id) WHERE deleted_at IS NOT NULL;

-- Endpoints that a job names: they are told of it whatever else they asked for.
CREATE TABLE job_webhooks (
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints (id),
    PRIMARY KEY (job_id, endpoint_id)
) WITHOUT ROWID;
CREATE INDEX job_webhooks_of_endpoint ON job_webhooks (endpoint_id);

-- What is to be sent, and was: written in the transaction in which it happened.
CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints (id),
    message_id TEXT NOT NULL,
    event TEXT NOT NULL,
    job_id INTEGER REFERENCES jobs (id),
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    next_attempt_at REAL,
    gives_up_at REAL NOT NULL
);
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (endpoint_id, status, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at) WHERE status <> 'pending';

-- Each time that one was sent; `status` is HTTP's.
CREATE TABLE webhook_tries (
    delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (id),
    number INTEGER NOT NULL,
    at REAL NOT NULL,
    url TEXT NOT NULL,
    status INTEGER,
    seconds REAL NOT NULL,
    address TEXT,
    response TEXT,
    error TEXT,
    PRIMARY KEY (delivery_id, number)
) WITHOUT ROWID;
