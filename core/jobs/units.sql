-- The columns of a whole unit are those of `Unit`, in its order.

-- name: unit^
SELECT id, public_id, job_id, customer_id, class_id, role, number, count, round, state, priority, waits_for, spec,
       planned_seconds, rate_class, rate_micro, held_micro, charged_micro, released_micro, tries, attempts,
       started_at, accepted_attempt_id, result_content_id, progress, log_number, log_bytes, metric_points
FROM units WHERE id = :id;

-- name: units
-- Those of a JSON list of ids.
SELECT id, public_id, job_id, customer_id, class_id, role, number, count, round, state, priority, waits_for, spec,
       planned_seconds, rate_class, rate_micro, held_micro, charged_micro, released_micro, tries, attempts,
       started_at, accepted_attempt_id, result_content_id, progress, log_number, log_bytes, metric_points
FROM units WHERE id IN (SELECT value FROM json_each(:ids));

-- name: units_of_job
SELECT id, public_id, job_id, customer_id, class_id, role, number, count, round, state, priority, waits_for, spec,
       planned_seconds, rate_class, rate_micro, held_micro, charged_micro, released_micro, tries, attempts,
       started_at, accepted_attempt_id, result_content_id, progress, log_number, log_bytes, metric_points
FROM units WHERE job_id = :job_id ORDER BY id;

-- name: unfinished_of_job$
SELECT 1 FROM units WHERE job_id = :job_id AND state <> 'completed' LIMIT 1;

-- name: unit_id_of^
SELECT u.id FROM units u JOIN jobs j ON j.id = u.job_id
WHERE u.public_id = :unit_id AND j.public_id = :job_id AND j.customer_id = :customer_id;

-- name: intern_class!
INSERT OR IGNORE INTO classes (kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity)
VALUES (:kind, :vram_mb, :memory_mb, :disk_mb, :cpus, :cpu_ok, :python, :sensitivity);

-- name: class_id$
SELECT id FROM classes WHERE kind = :kind AND vram_mb = :vram_mb AND memory_mb = :memory_mb AND disk_mb = :disk_mb
    AND cpus = :cpus AND cpu_ok = :cpu_ok AND python = :python AND sensitivity = :sensitivity;

-- name: add_unit<!
INSERT INTO units (public_id, job_id, customer_id, class_id, role, number, count, round, state, priority, waits_for,
                   spec, planned_seconds, rate_class, rate_micro, held_micro, cpu_rate_micro, created_at,
                   ready_at)
VALUES (:public_id, :job_id, :customer_id, :class_id, :role, :number, :count, :round, :state, :priority, :waits_for,
        :spec, :planned_seconds, :rate_class, :rate_micro, :held_micro, :cpu_rate_micro, :now,
        CASE WHEN :state = 'ready' THEN :now END);

-- name: add_need!
INSERT INTO unit_needs (unit_id, needs_id) VALUES (:unit_id, :needs_id);

-- name: needs_of
-- What each of a JSON list of units needs, with its result.
SELECT n.unit_id, u.id, u.role, u.number, u.count, u.result_content_id
FROM unit_needs n JOIN units u ON u.id = n.needs_id
WHERE n.unit_id IN (SELECT value FROM json_each(:ids)) ORDER BY n.unit_id, u.id;

-- name: waiting_for
-- The units that wait for one of a JSON list of units.
SELECT id FROM units WHERE waits_for IN (SELECT value FROM json_each(:ids));

-- name: wait_for_others
-- Has each of a JSON list of units wait for the newest that it needs and that is not completed, if there is one.
UPDATE units SET waits_for = (SELECT n.needs_id FROM unit_needs n JOIN units u ON u.id = n.needs_id
    WHERE n.unit_id = units.id AND u.state <> 'completed' ORDER BY n.needs_id DESC LIMIT 1)
WHERE id IN (SELECT value FROM json_each(:ids))
RETURNING id, waits_for;

-- name: cpu_rate$
-- What a second without a GPU was worth when the unit was held.
SELECT cpu_rate_micro FROM units WHERE id = :id;

-- name: built_on
-- A unit and all that need it, or need what needs it, in the plan's order.
WITH RECURSIVE built (id) AS (
    SELECT :id UNION SELECT n.unit_id FROM unit_needs n JOIN built b ON n.needs_id = b.id)
SELECT id FROM built ORDER BY id;

-- name: unit_by_public_id$
SELECT id FROM units WHERE public_id = :public_id;

-- name: forget_run!
-- What a run of a unit left is forgotten: it begins anew.
UPDATE units SET tries = 0, progress = 0, started_at = NULL, result_content_id = NULL WHERE id = :id;

-- name: count_try!
UPDATE units SET tries = tries + 1 WHERE id = :id;

-- name: progress_of$
SELECT progress FROM units WHERE id = :id;

-- name: set_progress!
UPDATE units SET progress = :progress WHERE id = :id;

-- name: extend_unit!
-- A longer time, and more held for it; what the unit weighs in its job's progress stays.
UPDATE units SET weight_seconds = coalesce(weight_seconds, planned_seconds), planned_seconds = :planned_seconds,
    held_micro = held_micro + :more_micro
WHERE id = :id;
