-- Passwords (argon2id, encoded), and accounts that were closed: the row stays for the ledger, `erased_at` is when all
-- else of it was gone.
ALTER TABLE customers ADD COLUMN password_hash TEXT;
ALTER TABLE customers ADD COLUMN closed_at REAL;
ALTER TABLE customers ADD COLUMN erased_at REAL;
CREATE INDEX customers_to_erase ON customers (id) WHERE closed_at IS NOT NULL AND erased_at IS NULL;

CREATE INDEX api_keys_by_customer ON api_keys (customer_id, id);

-- Only the SHA-256 of a token is kept; a session that has ended has no row
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    token_hash BLOB NOT NULL UNIQUE,
    created_at REAL NOT NULL,
    last_used_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE INDEX sessions_by_customer ON sessions (customer_id, last_used_at);

-- Tries to sign in, by the hash of an e-mail address (of a customer or not) and the hash of where they come from; the
-- empty source is everywhere that the account was never signed in from
CREATE TABLE sign_in_tries (
    account BLOB NOT NULL,
    source BLOB NOT NULL,
    tries INTEGER NOT NULL,
    began_at REAL NOT NULL,
    PRIMARY KEY (account, source)
) WITHOUT ROWID;
CREATE INDEX sign_in_tries_by_age ON sign_in_tries (began_at);

CREATE TABLE sign_in_sources (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    source BLOB NOT NULL,
    last_at REAL NOT NULL,
    PRIMARY KEY (customer_id, source)
) WITHOUT ROWID;
