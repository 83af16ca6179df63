-- name: transfer_by_key(key)$
SELECT id FROM ledger_transfers WHERE key = :key;

-- name: charged(unit_id)$
-- What the payer lost by a unit's charges, the first entry of each: `charge:<unit>` and `charge:<unit>:<attempt>`.
SELECT coalesce(sum(e.amount_micro), 0) FROM ledger_transfers t JOIN ledger_entries e ON e.id = t.first_entry_id
WHERE t.key = 'charge:' || :unit_id OR (t.key >= 'charge:' || :unit_id || ':' AND t.key < 'charge:' || :unit_id || ';');

-- name: entries_of_transfer(id, newest)
-- A transfer's entries end where those of the next begin.
SELECT a.kind AS account_kind, a.customer_id, e.kind, e.amount_micro, e.seconds, e.rate_class, e.attempt_id
FROM ledger_transfers t
JOIN ledger_entries e ON e.id >= t.first_entry_id AND e.id < coalesce(
    (SELECT n.first_entry_id FROM ledger_transfers n WHERE n.id > t.id ORDER BY n.id LIMIT 1), :newest)
JOIN ledger_accounts a ON a.id = e.account_id
WHERE t.id = :id;
