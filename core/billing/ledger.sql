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

-- name: newest_day()$
-- The UTC day (days since 1970) on which the newest entry was written.
SELECT day FROM ledger_days ORDER BY first_entry_id DESC LIMIT 1;

-- name: entries_of_days(first_day, last_day, newest)^
-- The ids of all that was written on these days, from the first to before the last's end; where the clock was set back,
-- entries of other days may lie between them.
SELECT min(d.first_entry_id) AS first, max(coalesce((SELECT n.first_entry_id FROM ledger_days n
    WHERE n.first_entry_id > d.first_entry_id ORDER BY n.first_entry_id LIMIT 1), :newest)) AS past
FROM ledger_days d WHERE d.day BETWEEN :first_day AND :last_day;
