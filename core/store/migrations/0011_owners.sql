-- Packages that owners keep off their nodes, and, without an owner, those that the operator blocked everywhere.
CREATE TABLE package_blocks (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    owner_id INTEGER REFERENCES customers (id),
    package_digest TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE UNIQUE INDEX package_blocks_by_owner ON package_blocks (coalesce(owner_id, 0), package_digest);

-- SHA-256 of a package's zip: what owners see of it and blocks name, whoever sent it and whatever the file is called.
-- Of zips of several chunks nobody has hashed the whole yet: those keep the digest of their manifest.
ALTER TABLE uploads ADD COLUMN package_digest TEXT;
UPDATE uploads SET package_digest = (
    SELECT CASE WHEN json_array_length(m.text, '$.files[0].chunks') = 1
                 AND json_extract(m.text, '$.files[0].chunks[0].offset') = 0
           THEN json_extract(m.text, '$.files[0].chunks[0].digest') ELSE m.digest END
    FROM (SELECT CAST(c.manifest AS TEXT) AS text, c.digest FROM contents c WHERE c.id = uploads.content_id) m)
WHERE kind = 'training_package' AND status <> 'uploading' AND content_id IS NOT NULL;
CREATE INDEX uploads_by_package_digest ON uploads (package_digest) WHERE package_digest IS NOT NULL;

-- The jobs of a package, for blocks; what ran on a node, newest first.
CREATE INDEX jobs_by_package ON jobs (package_id);
CREATE INDEX attempts_by_node ON attempts (node_id, id);

-- Whose work an earning pays, and the UTC day (since 1970) of what an owner earned.
ALTER TABLE ledger_entries ADD COLUMN attempt_id INTEGER;
ALTER TABLE ledger_entries ADD COLUMN earned_day INTEGER;
-- Of a charge that paid one attempt alone it is known which that was; of others just that somebody earned.
CREATE TEMPORARY TABLE earnings (id INTEGER PRIMARY KEY, day INTEGER, attempt_id INTEGER, seconds REAL, parts INTEGER);
INSERT INTO earnings
    SELECT e.id, CAST(t.created_at / 86400 AS INTEGER) AS day, u.accepted_attempt_id AS attempt_id, t.seconds,
           count(*) OVER (PARTITION BY t.id) AS parts
    FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id
    JOIN ledger_accounts a ON a.id = e.account_id JOIN units u ON u.id = t.unit_id
    WHERE t.kind = 'charge' AND e.amount_micro > 0 AND a.kind = 'available';
UPDATE ledger_entries SET
    earned_day = (SELECT day FROM earnings WHERE earnings.id = ledger_entries.id),
    attempt_id = (SELECT attempt_id FROM earnings WHERE earnings.id = ledger_entries.id AND parts = 1),
    seconds = (SELECT seconds FROM earnings WHERE earnings.id = ledger_entries.id AND parts = 1)
WHERE id IN (SELECT id FROM earnings);
DROP TABLE earnings;
CREATE INDEX ledger_entries_earned ON ledger_entries (account_id, earned_day, id) WHERE earned_day IS NOT NULL;
CREATE INDEX ledger_entries_by_attempt ON ledger_entries (attempt_id) WHERE earned_day IS NOT NULL;

-- How many units became ready in an hour (since 1970), by class: what the network asked for.
CREATE TABLE ready_hours (
    hour INTEGER NOT NULL,
    class_id INTEGER NOT NULL REFERENCES classes (id),
    units INTEGER NOT NULL,
    PRIMARY KEY (hour, class_id)
) WITHOUT ROWID;

-- As before all that the index in memory is built of, and now how long the oldest of a class waits.
DROP INDEX units_ready;
CREATE INDEX units_ready ON units (class_id, ready_at, customer_id, priority) WHERE state = 'ready';

-- How many codes an owner made of late.
CREATE INDEX enrollment_codes_by_owner ON enrollment_codes (owner_id, expires_at) WHERE owner_id IS NOT NULL;
