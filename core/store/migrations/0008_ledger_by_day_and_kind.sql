-- Each entry says what it is to the account's owner, and, where work was paid for, how long that was and at which rate.
ALTER TABLE ledger_entries ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE ledger_entries ADD COLUMN seconds REAL;
ALTER TABLE ledger_entries ADD COLUMN rate_class TEXT;
UPDATE ledger_entries SET (kind, seconds, rate_class) = (
    SELECT CASE WHEN t.kind <> 'charge' THEN t.kind
            WHEN a.kind = 'fees' THEN 'fee'
            WHEN a.kind = 'operator' OR ledger_entries.amount_micro > 0 THEN 'earning'
            ELSE 'charge' END,
        CASE WHEN t.kind = 'charge' AND a.kind <> 'fees' THEN t.seconds END,
        CASE WHEN t.kind = 'charge' AND a.kind <> 'fees' THEN t.rate_class END
    FROM ledger_transfers t, ledger_accounts a
    WHERE t.id = ledger_entries.transfer_id AND a.id = ledger_entries.account_id);

-- The newest entries of an account of one kind; all kinds are a merge of a few. It takes the place of one without kind.
DROP INDEX ledger_entries_by_account;
CREATE INDEX ledger_entries_by_kind ON ledger_entries (account_id, kind, id);

-- A transfer's entries lie side by side from this one on.
ALTER TABLE ledger_transfers ADD COLUMN first_entry_id INTEGER NOT NULL DEFAULT 0;
CREATE TEMP TABLE first_entries (transfer_id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL);
INSERT INTO first_entries SELECT transfer_id, min(id) FROM ledger_entries GROUP BY transfer_id;
UPDATE ledger_transfers SET first_entry_id = (SELECT entry_id FROM first_entries WHERE transfer_id = ledger_transfers.id)
WHERE id IN (SELECT transfer_id FROM first_entries);
DROP TABLE first_entries;
CREATE INDEX ledger_transfers_by_job ON ledger_transfers (job_id) WHERE job_id IS NOT NULL;

-- Which entries were written on which UTC day (days since 1970): a row where the day changes, so that a span of days is
-- a span of ids, also when the clock was set back.
CREATE TABLE ledger_days (first_entry_id INTEGER PRIMARY KEY, day INTEGER NOT NULL);
INSERT INTO ledger_days SELECT id, day FROM (
    SELECT e.id, CAST(t.created_at / 86400 AS INTEGER) AS day,
        lag(CAST(t.created_at / 86400 AS INTEGER)) OVER (ORDER BY e.id) AS day_before
    FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id)
WHERE day_before IS NULL OR day <> day_before;

-- Another account of the service: what invalidated units were charged, until their next result is paid from it.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE accounts_before AS SELECT id, kind, customer_id, balance_micro FROM ledger_accounts;
DROP TABLE ledger_accounts;
CREATE TABLE ledger_accounts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('available', 'held', 'operator', 'fees', 'issuance', 'withheld')),
    customer_id INTEGER REFERENCES customers (id),
    balance_micro INTEGER NOT NULL DEFAULT 0
);
INSERT INTO ledger_accounts SELECT id, kind, customer_id, balance_micro FROM accounts_before;
DROP TABLE accounts_before;
CREATE UNIQUE INDEX ledger_accounts_by_owner ON ledger_accounts (kind, coalesce(customer_id, 0));

-- The rate of a second without a GPU when the unit was held: a gpu unit that ran on such a node costs that.
ALTER TABLE units ADD COLUMN cpu_rate_micro INTEGER NOT NULL DEFAULT 200;
-- What ended and cost nothing, by customer and time. Units that are charged never stand in it.
CREATE INDEX units_uncharged ON units (customer_id, finished_at) WHERE charged_micro = 0 AND finished_at IS NOT NULL;
