-- What the metrics tell of the store. Each of these reads an index, or a table that stays small; none reads all units.

-- name: active_jobs
SELECT status, count(*) AS jobs FROM jobs WHERE status IN ('planning', 'queued', 'running') GROUP BY status;

-- name: units_at_nodes
-- Units that a node holds, by state: through the attempts that have not ended.
SELECT u.state, count(DISTINCT u.id) AS units FROM attempts a JOIN units u ON u.id = a.unit_id
WHERE a.outcome IS NULL AND u.state IN ('leased', 'running', 'verifying') GROUP BY u.state;

-- name: blocked_units$
SELECT count(*) FROM units WHERE state = 'blocked';

-- name: leases$
SELECT count(*) FROM attempts WHERE lease_expires_at IS NOT NULL;

-- name: nodes
SELECT tier, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN last_seen_at >= :since THEN 'online' ELSE 'silent' END
    AS state, count(*) AS nodes
FROM nodes GROUP BY 1, 2;

-- name: credits
SELECT kind, sum(balance_micro) AS micro FROM ledger_accounts GROUP BY kind;

-- name: customers
SELECT CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, count(*) AS customers
FROM customers GROUP BY 1;

-- name: webhooks_waiting$
SELECT count(*) FROM webhook_deliveries INDEXED BY webhook_deliveries_due WHERE status = 'pending';

-- name: stored_bytes$
-- What customers have sent and nodes have brought, each customer's chunk once.
SELECT coalesce(sum(size_bytes), 0) FROM customer_chunks;
