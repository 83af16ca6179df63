-- name: moves(account_id, customer_id, kind, first, past, since, until)
-- What a customer's own units were charged (or got back) in a span of entries and time, by package and kind of unit, and
-- how many were completed for the first time.
SELECT p.public_id AS package_id, p.name AS package_name, p.version AS package_version, c.kind,
       coalesce(sum(t.key = 'charge:' || t.unit_id), 0) AS units,
       coalesce(sum(CAST(round(e.seconds * 1000) AS INTEGER)), 0) AS milliseconds, sum(e.amount_micro) AS amount_micro
FROM ledger_entries e
JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN units u ON u.id = t.unit_id
LEFT JOIN classes c ON c.id = u.class_id
LEFT JOIN jobs j ON j.id = u.job_id
LEFT JOIN uploads p ON p.id = j.package_id
WHERE e.account_id = :account_id AND e.kind = :kind AND e.id >= :first AND e.id < :past
  AND t.created_at >= :since AND t.created_at < :until AND (e.kind = 'charge' OR u.customer_id = :customer_id)
GROUP BY p.id, c.kind;

-- name: uncharged_units(customer_id, since, until)
-- Units that ended in a span of time and cost nothing.
SELECT p.public_id AS package_id, p.name AS package_name, p.version AS package_version, c.kind, count(*) AS units
FROM units u
JOIN classes c ON c.id = u.class_id
JOIN jobs j ON j.id = u.job_id
JOIN uploads p ON p.id = j.package_id
WHERE u.customer_id = :customer_id AND u.charged_micro = 0 AND u.finished_at >= :since AND u.finished_at < :until
GROUP BY p.id, c.kind;

-- name: charged_units(account_id, after, first, past, since, until, limit)
-- The units that were charged in a span of entries and time, a row a charge, oldest first.
SELECT e.id AS entry_id, t.created_at, -e.amount_micro AS charged_micro, e.seconds, e.rate_class,
       u.public_id AS unit_id, u.role, u.charged_micro AS kept_micro, c.kind,
       j.public_id AS job_id, j.name AS job_name, p.public_id AS package_id, p.name AS package_name
FROM ledger_entries e
JOIN ledger_transfers t ON t.id = e.transfer_id
LEFT JOIN units u ON u.id = t.unit_id
LEFT JOIN classes c ON c.id = u.class_id
LEFT JOIN jobs j ON j.id = u.job_id
LEFT JOIN uploads p ON p.id = j.package_id
WHERE e.account_id = :account_id AND e.kind = 'charge' AND e.amount_micro < 0 AND e.id > :after AND e.id >= :first AND e.id < :past
  AND t.created_at >= :since AND t.created_at < :until
ORDER BY e.id LIMIT :limit;
