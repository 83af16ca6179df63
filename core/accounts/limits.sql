-- name: limits_of(customer_id)$
SELECT limits FROM customers WHERE id = :customer_id;

-- name: set_limits(limits, customer_id)!
UPDATE customers SET limits = :limits WHERE id = :customer_id;

-- name: jobs_since(customer_id, since, now)^
-- How many jobs were accepted after a moment, and when the first of them. Those from before the clock was set back,
-- whose time is yet to come, don't count.
SELECT count(*) AS jobs, min(created_at) AS first_at FROM jobs
WHERE customer_id = :customer_id AND created_at > :since AND created_at <= :now;

-- name: newest_job_but(customer_id, since, now, but)$
-- When the newest of them but so many was accepted.
SELECT created_at FROM jobs WHERE customer_id = :customer_id AND created_at > :since AND created_at <= :now
ORDER BY created_at DESC LIMIT 1 OFFSET :but;

-- name: active_jobs(customer_id)$
SELECT count(*) FROM jobs WHERE customer_id = :customer_id AND status IN ('planning', 'queued', 'running');

-- name: units_planned(customer_id, day)$
SELECT planned FROM unit_days WHERE customer_id = :customer_id AND day = :day;

-- name: count_units(customer_id, day, units)!
INSERT INTO unit_days (customer_id, day, planned) VALUES (:customer_id, :day, :units)
ON CONFLICT (customer_id, day) DO UPDATE SET planned = planned + excluded.planned;

-- name: forget_days(day)!
DELETE FROM unit_days WHERE day < :day;
