-- name: account_of^
-- The account of this kind and owner.
SELECT id, balance_micro FROM ledger_accounts WHERE kind = :kind AND coalesce(customer_id, 0) = coalesce(:customer_id, 0);

-- name: account_id$
SELECT id FROM ledger_accounts WHERE kind = :kind AND coalesce(customer_id, 0) = coalesce(:customer_id, 0);

-- name: open_account<!
INSERT INTO ledger_accounts (kind, customer_id) VALUES (:kind, :customer_id);

-- name: transfers_made
-- Those of a JSON list of keys by which a transfer was made.
SELECT key FROM ledger_transfers WHERE key IN (SELECT value FROM json_each(:keys));

-- name: customer_rows
-- A customer's moves of what is available, newest first.
SELECT e.id AS entry_id, t.public_id, t.created_at, t.kind, e.amount_micro, e.balance_micro, j.public_id AS job_public_id,
       j.name AS job_name, j.customer_id = :customer_id AS own_job, u.public_id AS unit_public_id, u.role, t.seconds,
       t.rate_class, t.note
FROM ledger_entries e
JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN jobs j ON j.id = t.job_id
LEFT JOIN units u ON u.id = t.unit_id
WHERE e.account_id = :account_id AND e.id < :before
ORDER BY e.id DESC LIMIT :limit;
