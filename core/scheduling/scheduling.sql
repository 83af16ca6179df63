-- name: ready_units
SELECT id, class_id, customer_id, priority FROM units WHERE state = 'ready';

-- name: work_by_customer
SELECT customer_id, count(*) AS units FROM units WHERE state IN ('leased', 'running', 'verifying') GROUP BY customer_id;

-- name: slowed_customers
SELECT id FROM customers WHERE slowed = 1;

-- name: suspended_customers
-- Without closed accounts, which have no work.
SELECT id FROM customers WHERE suspended_at IS NOT NULL AND closed_at IS NULL;

-- name: classes
SELECT id, kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity FROM classes;

-- name: class_by_id^
SELECT id, kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity FROM classes WHERE id = :id;

-- name: kind_of_class$
SELECT kind FROM classes WHERE id = :id;

-- name: sensitivity_of_class$
SELECT sensitivity FROM classes WHERE id = :id;

-- name: service_value$
SELECT value FROM service WHERE key = :key;

-- name: set_service_value!
INSERT INTO service (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: verifying
-- Attempts whose result waits to be looked at, such as after a restart.
SELECT a.id FROM attempts a JOIN units u ON u.id = a.unit_id WHERE u.state = 'verifying' AND a.outcome IS NULL
    AND a.result_content_id IS NOT NULL;

-- name: fleet
-- The nodes that may be offered work now, with what they last offered and how many units more they then wanted.
SELECT id, public_id, name, owner_id, tier, resources, units_wanted FROM nodes
WHERE revoked_at IS NULL AND last_seen_at >= :since AND resources IS NOT NULL;

-- name: held_by_nodes
-- What each unit that is at a node and has not ended there takes of it.
SELECT a.node_id, a.gpu_uuid, c.cpus, c.memory_mb, c.vram_mb, json_extract(u.spec, '$.scratch_mb') AS scratch_mb
FROM attempts a JOIN units u ON u.id = a.unit_id JOIN classes c ON c.id = u.class_id
WHERE a.lease_expires_at IS NOT NULL AND a.outcome IS NULL AND a.exited_at IS NULL;

-- name: waiting_units
-- The units of a job that wait, in the plan's order, with one of the units that a blocked one waits for.
SELECT u.id, u.public_id, u.class_id, u.customer_id, u.role, u.number, u.count, u.state, u.priority, u.ready_at,
       json_extract(u.spec, '$.stage') AS stage, w.public_id AS waits_for, w.role AS waits_for_role
FROM units u LEFT JOIN units w ON w.id = u.waits_for
WHERE u.job_id = :job_id AND u.state IN ('blocked', 'ready') AND u.id > :after ORDER BY u.id LIMIT :limit;
