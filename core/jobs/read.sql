-- name: units_page
SELECT u.id, u.public_id, c.kind, u.role, u.number, u.state, u.held_micro, u.charged_micro, u.released_micro,
       u.created_at, u.started_at, u.finished_at, u.progress, u.attempts
FROM units u JOIN classes c ON c.id = u.class_id WHERE u.job_id = :job_id AND u.id > :after ORDER BY u.id LIMIT :limit;

-- name: needs_of_job
SELECT n.unit_id, u.public_id FROM unit_needs n JOIN units u ON u.id = n.needs_id
WHERE u.job_id = :job_id ORDER BY n.unit_id, u.id;

-- name: attempts_of_job
SELECT a.unit_id, a.number, n.name AS node_label, a.outcome, a.reason, a.exit_code, a.limit_value, a.measured_value,
       a.started_at, a.finished_at, a.last_step, a.last_heard_at, c.step AS resumed_from_step,
       EXISTS (SELECT 1 FROM attempts later JOIN checkpoints k ON k.id = later.start_checkpoint_id
               WHERE later.unit_id = a.unit_id AND k.attempt_id = a.id) AS checkpoint_used
FROM attempts a JOIN units u ON u.id = a.unit_id JOIN nodes n ON n.id = a.node_id
LEFT JOIN checkpoints c ON c.id = a.start_checkpoint_id
WHERE u.job_id = :job_id ORDER BY a.unit_id, a.number;

-- name: units_of_ids
-- Where each of a JSON list of units stands, by their public ids.
SELECT id, public_id, job_id, state, held_micro, charged_micro, released_micro, started_at, finished_at, progress,
       attempts
FROM units WHERE public_id IN (SELECT value FROM json_each(:unit_ids));

-- name: attempts_of_units
-- As attempts_of_job, of a JSON list of units.
SELECT a.unit_id, a.number, n.name AS node_label, a.outcome, a.reason, a.exit_code, a.limit_value, a.measured_value,
       a.started_at, a.finished_at, a.last_step, a.last_heard_at, c.step AS resumed_from_step,
       EXISTS (SELECT 1 FROM attempts later JOIN checkpoints k ON k.id = later.start_checkpoint_id
               WHERE later.unit_id = a.unit_id AND k.attempt_id = a.id) AS checkpoint_used
FROM attempts a JOIN units u ON u.id = a.unit_id JOIN nodes n ON n.id = a.node_id
LEFT JOIN checkpoints c ON c.id = a.start_checkpoint_id
WHERE u.public_id IN (SELECT value FROM json_each(:unit_ids)) ORDER BY a.unit_id, a.number;
