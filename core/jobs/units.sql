-- name: unit^
SELECT * FROM units WHERE id = :id;

-- name: units_of_job
SELECT * FROM units WHERE job_id = :job_id ORDER BY id;

-- name: unit_id_of^
SELECT u.id FROM units u JOIN jobs j ON j.id = u.job_id
WHERE u.public_id = :unit_id AND j.public_id = :job_id AND j.customer_id = :customer_id;

-- name: move_unit$
-- The store decides: of two that would move a unit, one finds it in its state, and gets its progress back.
UPDATE units SET state = :after,
    ready_at = CASE WHEN :after = 'ready' THEN :now ELSE ready_at END,
    started_at = CASE WHEN :after = 'running' AND started_at IS NULL THEN :now ELSE started_at END,
    finished_at = CASE WHEN :after IN ('completed', 'failed', 'cancelled') THEN :now ELSE NULL END,
    progress = CASE WHEN :after = 'completed' THEN 1 ELSE progress END
WHERE id = :id AND state = :before RETURNING progress;

-- name: intern_class!
INSERT OR IGNORE INTO classes (kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity)
VALUES (:kind, :vram_mb, :memory_mb, :disk_mb, :cpus, :cpu_ok, :python, :sensitivity);

-- name: class_id$
SELECT id FROM classes WHERE kind = :kind AND vram_mb = :vram_mb AND memory_mb = :memory_mb AND disk_mb = :disk_mb
    AND cpus = :cpus AND cpu_ok = :cpu_ok AND python = :python AND sensitivity = :sensitivity;

-- name: add_unit<!
INSERT INTO units (public_id, job_id, customer_id, class_id, role, number, count, round, state, priority, waiting_on,
                   spec, planned_seconds, rate_class, rate_micro, held_micro, created_at, ready_at)
VALUES (:public_id, :job_id, :customer_id, :class_id, :role, :number, :count, :round, :state, :priority, :waiting_on,
        :spec, :planned_seconds, :rate_class, :rate_micro, :held_micro, :now,
        CASE WHEN :state = 'ready' THEN :now END);

-- name: add_need!
INSERT INTO unit_needs (unit_id, needs_id) VALUES (:unit_id, :needs_id);

-- name: needs_of
SELECT u.id, u.role, u.number, u.count, u.state, u.result_content_id, u.accepted_attempt_id
FROM unit_needs n JOIN units u ON u.id = n.needs_id WHERE n.unit_id = :unit_id ORDER BY u.id;

-- name: need_completed
-- One less to wait for, for each unit that needs this one.
UPDATE units SET waiting_on = waiting_on - 1
WHERE id IN (SELECT unit_id FROM unit_needs WHERE needs_id = :unit_id) RETURNING id, waiting_on, state;

-- name: set_waiting_on!
UPDATE units SET waiting_on = (SELECT count(*) FROM unit_needs n JOIN units u ON u.id = n.needs_id
                               WHERE n.unit_id = units.id AND u.state <> 'completed')
WHERE id = :id;

-- name: retry_unit!
UPDATE units SET tries = 0, progress = 0, held_micro = held_micro + :held_micro, started_at = NULL WHERE id = :id;

-- name: count_attempt!
UPDATE units SET attempts = attempts + 1 WHERE id = :id;

-- name: count_try!
UPDATE units SET tries = tries + 1 WHERE id = :id;

-- name: accept_result!
UPDATE units SET accepted_attempt_id = :attempt_id, result_content_id = :content_id WHERE id = :id;

-- name: settle_unit!
UPDATE units SET charged_micro = charged_micro + :charged_micro, released_micro = released_micro + :released_micro
WHERE id = :id;

-- name: progress_of$
SELECT progress FROM units WHERE id = :id;

-- name: set_progress!
UPDATE units SET progress = :progress WHERE id = :id;
