-- name: units_ended(customer_id, since, until)^
-- Units that reached their end in a span of time, and those of them that cost nothing.
SELECT coalesce(sum(state = 'completed'), 0) AS completed, coalesce(sum(charged_micro = 0), 0) AS uncharged
FROM units
WHERE job_id IN (SELECT id FROM jobs WHERE customer_id = :customer_id)
    AND state IN ('completed', 'failed', 'cancelled') AND finished_at >= :since AND finished_at < :until;

-- name: charged(customer_id, since, until)^
-- What the customer's own jobs were charged in a span of time: micro-credits and seconds.
SELECT coalesce(-sum(e.amount_micro), 0) AS charged_micro, coalesce(sum(t.seconds), 0.0) AS seconds
FROM ledger_accounts a
JOIN ledger_entries e ON e.account_id = a.id
JOIN ledger_transfers t ON t.id = e.transfer_id
JOIN jobs j ON j.id = t.job_id AND j.customer_id = a.customer_id
WHERE a.kind = 'available' AND a.customer_id = :customer_id AND t.kind = 'charge' AND e.amount_micro <= 0
    AND t.created_at >= :since AND t.created_at < :until;
