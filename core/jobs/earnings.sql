-- name: available_account$
SELECT id FROM ledger_accounts WHERE kind = 'available' AND coalesce(customer_id, 0) = :owner_id;

-- name: newest_day$
-- The newest day within these on which there was something earned.
SELECT max(earned_day) FROM ledger_entries
WHERE account_id = :account_id AND earned_day BETWEEN :first AND :last;

-- name: earned_on
-- A day by node and GPU. A node that is NULL passes all.
SELECT n.id AS node_key, n.public_id AS node_id, n.name AS node_name, a.gpu_uuid, count(DISTINCT t.unit_id) AS units,
       sum(coalesce(e.seconds, 0)) AS seconds, sum(e.amount_micro) AS amount_micro
FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN attempts a ON a.id = e.attempt_id LEFT JOIN nodes n ON n.id = a.node_id
WHERE e.account_id = :account_id AND e.earned_day = :day AND (:node_id IS NULL OR n.public_id = :node_id)
GROUP BY n.id, a.gpu_uuid ORDER BY coalesce(n.id, 0), coalesce(a.gpu_uuid, '');

-- name: earned_by_unit
-- Newest first, from a day and entry on.
SELECT e.id, e.earned_day, e.amount_micro, coalesce(e.seconds, 0) AS seconds, t.created_at,
       a.public_id AS attempt_id, a.gpu_uuid, n.public_id AS node_id, n.name AS node_name,
       u.public_id AS compute_unit_id, u.role
FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN units u ON u.id = t.unit_id
LEFT JOIN attempts a ON a.id = e.attempt_id LEFT JOIN nodes n ON n.id = a.node_id
WHERE e.account_id = :account_id AND e.earned_day BETWEEN :first AND :last
  AND (e.earned_day, e.id) < (:before_day, :before_id) AND (:node_id IS NULL OR n.public_id = :node_id)
ORDER BY e.earned_day DESC, e.id DESC LIMIT :limit;
