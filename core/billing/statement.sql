-- name: rows_of_kind(account_id, customer_id, kind, first, past, since, until, limit)
-- The newest moves of a kind, of what one customer has available.
SELECT e.id AS entry_id, t.public_id, t.created_at, e.kind, e.amount_micro, e.balance_micro,
       j.public_id AS job_public_id, j.name AS job_name, j.customer_id = :customer_id AS own_job,
       u.public_id AS unit_public_id, u.role, e.seconds, e.rate_class, t.note
FROM ledger_entries e
JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN jobs j ON j.id = t.job_id
LEFT JOIN units u ON u.id = t.unit_id
WHERE e.account_id = :account_id AND e.kind = :kind AND e.id >= :first AND e.id < :past
  AND t.created_at >= :since AND t.created_at < :until
ORDER BY e.id DESC LIMIT :limit;

-- name: rows_of_job(account_id, customer_id, kind, job_id, newest, first, past, since, until, limit)
-- The same of one of the customer's own jobs. A transfer's entries end where those of the next begin; the plus signs
-- keep SQLite from going through all of the account instead.
SELECT e.id AS entry_id, t.public_id, t.created_at, e.kind, e.amount_micro, e.balance_micro,
       j.public_id AS job_public_id, j.name AS job_name, 1 AS own_job,
       u.public_id AS unit_public_id, u.role, e.seconds, e.rate_class, t.note
FROM jobs j
CROSS JOIN ledger_transfers t ON t.job_id = j.id
CROSS JOIN ledger_entries e ON e.id >= t.first_entry_id AND e.id < coalesce(
    (SELECT n.first_entry_id FROM ledger_transfers n WHERE n.id > t.id ORDER BY n.id LIMIT 1), :newest)
LEFT JOIN units u ON u.id = t.unit_id
WHERE j.public_id = :job_id AND j.customer_id = :customer_id AND +e.account_id = :account_id AND +e.kind = :kind
  AND +e.id >= :first AND +e.id < :past AND t.created_at >= :since AND t.created_at < :until
ORDER BY e.id DESC LIMIT :limit;
