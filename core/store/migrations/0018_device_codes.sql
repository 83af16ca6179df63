-- Programs that wait for a key of whoever approves their code. Of both codes only the SHA-256 is kept, and a row goes
-- when its key was fetched, when it was denied, or when its time is over. `scopes` NULL: all that the approver may.
-- `network` is what waiting rows are counted by; `key_id` the key by which it was approved, NULL for a session.
CREATE TABLE device_codes (
    id INTEGER PRIMARY KEY,
    device_hash BLOB NOT NULL UNIQUE,
    user_hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    network TEXT NOT NULL,
    scopes TEXT,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    interval_seconds INTEGER NOT NULL,
    asked_at REAL,
    decision TEXT CHECK (decision IN ('approved', 'denied')),
    customer_id INTEGER REFERENCES customers (id),
    key_id INTEGER REFERENCES api_keys (id),
    granted TEXT
);
CREATE INDEX device_codes_by_end ON device_codes (expires_at);
CREATE INDEX device_codes_by_network ON device_codes (network);
CREATE INDEX device_codes_by_customer ON device_codes (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX device_codes_by_key ON device_codes (key_id) WHERE key_id IS NOT NULL;
