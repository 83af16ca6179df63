-- name: customer^
SELECT c.id, c.public_id, c.email, c.created_at, c.suspended_at, coalesce(a.balance_micro, 0) AS balance_micro,
       coalesce(h.balance_micro, 0) AS held_micro
FROM customers c
LEFT JOIN ledger_accounts a ON a.kind = 'available' AND coalesce(a.customer_id, 0) = c.id
LEFT JOIN ledger_accounts h ON h.kind = 'held' AND coalesce(h.customer_id, 0) = c.id
WHERE c.public_id = :public_id AND c.closed_at IS NULL;

-- name: customers
-- Newest first; a filter that is NULL passes all.
SELECT c.id, c.public_id, c.email, c.created_at, c.suspended_at, coalesce(a.balance_micro, 0) AS balance_micro,
       coalesce(h.balance_micro, 0) AS held_micro
FROM customers c
LEFT JOIN ledger_accounts a ON a.kind = 'available' AND coalesce(a.customer_id, 0) = c.id
LEFT JOIN ledger_accounts h ON h.kind = 'held' AND coalesce(h.customer_id, 0) = c.id
WHERE c.id < :before AND c.closed_at IS NULL
  AND (:suspended IS NULL OR (c.suspended_at IS NOT NULL) = :suspended)
  AND (:q IS NULL OR instr(lower(c.email), lower(:q)) > 0 OR instr(c.public_id, lower(:q)) > 0)
ORDER BY c.id DESC LIMIT :limit;
