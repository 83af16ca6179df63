-- name: ready_units
SELECT id, class_id, customer_id, priority FROM units WHERE state = 'ready';

-- name: work_by_customer
SELECT customer_id, count(*) AS units FROM units WHERE state IN ('leased', 'running', 'verifying') GROUP BY customer_id;

-- name: slowed_customers
SELECT id FROM customers WHERE slowed = 1;

-- name: suspended_customers
SELECT id FROM customers WHERE suspended_at IS NOT NULL;

-- name: classes
SELECT id, kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity FROM classes;

-- name: class_by_id^
SELECT id, kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity FROM classes WHERE id = :id;

-- name: kind_of_class$
SELECT kind FROM classes WHERE id = :id;

-- name: service_value$
SELECT value FROM service WHERE key = :key;

-- name: set_service_value!
INSERT INTO service (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: verifying
-- Attempts whose result waits to be looked at, such as after a restart.
SELECT a.id FROM attempts a JOIN units u ON u.id = a.unit_id WHERE u.state = 'verifying' AND a.outcome IS NULL
    AND a.result_content_id IS NOT NULL;
