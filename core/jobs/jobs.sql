-- name: add_job<!
INSERT INTO jobs (public_id, customer_id, name, status, dataset_id, package_id, required_vram_mb, required_disk_mb,
                  max_runtime_seconds, sensitivity, strategy, params, inputs, start_checkpoint_artifact_id, priority,
                  created_at)
VALUES (:public_id, :customer_id, :name, 'planning', :dataset_id, :package_id, :required_vram_mb, :required_disk_mb,
        :max_runtime_seconds, :sensitivity, :strategy, :params, :inputs, :start_checkpoint_artifact_id, :priority, :now);

-- name: job^
SELECT j.*, d.public_id AS dataset_public_id, p.public_id AS package_public_id
FROM jobs j JOIN uploads d ON d.id = j.dataset_id JOIN uploads p ON p.id = j.package_id
WHERE j.public_id = :job_id AND j.customer_id = :customer_id;

-- name: job_by_id^
SELECT id, public_id, customer_id, status, name FROM jobs WHERE id = :id;

-- name: job_facts^
-- What an event of a job tells beside what its units add up to.
SELECT max_runtime_seconds, started_at, finished_at, metrics, failure FROM jobs WHERE id = :id;

-- name: move_job!
UPDATE jobs SET status = :after,
    started_at = CASE WHEN :after = 'running' AND started_at IS NULL THEN :now ELSE started_at END,
    finished_at = CASE WHEN :after IN ('completed', 'failed', 'cancelled') THEN :now ELSE NULL END,
    failure = :failure
WHERE id = :id AND status = :before;

-- name: jobs_of_ids
-- Those of a JSON list of ids, newest first.
SELECT j.*, d.public_id AS dataset_public_id, p.public_id AS package_public_id
FROM jobs j JOIN uploads d ON d.id = j.dataset_id JOIN uploads p ON p.id = j.package_id
WHERE j.id IN (SELECT value FROM json_each(:ids)) ORDER BY j.id DESC;

-- name: tallies
-- Units of each of a JSON list of jobs by state, with their money, the seconds they were planned for, and those of them
-- that are done.
SELECT job_id, state, count(*) AS units, sum(held_micro - released_micro) AS held_micro,
       sum(charged_micro) AS charged_micro, sum(coalesce(weight_seconds, planned_seconds)) AS planned_seconds,
       sum(coalesce(weight_seconds, planned_seconds) * progress) AS done_seconds
FROM units WHERE job_id IN (SELECT value FROM json_each(:job_ids)) GROUP BY job_id, state;

-- name: running_steps
-- How far the running units' newest attempts are, in their own steps; of a JSON list of jobs.
SELECT u.job_id, a.first_step, a.first_step_at, a.last_step, a.step_of
FROM units u JOIN attempts a ON a.unit_id = u.id AND a.number = u.attempts
WHERE u.job_id IN (SELECT value FROM json_each(:job_ids)) AND u.state = 'running';

-- name: waited_too_long
-- Longer than their customer's own limit of days, or the usual one. An index leaves out what has waited for less than the
-- shortest of all limits, class by class: with a million ready units this is asked every minute, too.
SELECT u.id FROM classes k
CROSS JOIN units u ON u.class_id = k.id AND u.state = 'ready' AND u.ready_at < :now - 86400.0 * min(:usual_days, coalesce(
    (SELECT min(json_extract(limits, '$.queued_days')) FROM customers WHERE limits <> '{}'), :usual_days))
JOIN customers c ON c.id = u.customer_id
WHERE u.ready_at < :now - 86400.0 * coalesce(json_extract(c.limits, '$.queued_days'), :usual_days) ORDER BY u.id;

-- name: ready_upload^
-- A dataset or package of this customer, with its content.
SELECT u.id, u.status, u.training, u.content_id, u.package_digest, c.size_bytes FROM uploads u LEFT JOIN contents c ON c.id = u.content_id
WHERE u.public_id = :public_id AND u.customer_id = :customer_id AND u.kind = :kind AND u.deleted_at IS NULL;

-- name: contents_of_job^
SELECT d.content_id AS data_content_id, p.content_id AS package_content_id, p.package_digest, p.lock, j.params,
       j.customer_id, j.inputs, j.start_checkpoint_artifact_id
FROM jobs j JOIN uploads d ON d.id = j.dataset_id JOIN uploads p ON p.id = j.package_id WHERE j.id = :job_id;

-- name: package_digest_of_job$
SELECT p.package_digest FROM jobs j JOIN uploads p ON p.id = j.package_id WHERE j.id = :job_id;

-- name: deleted_upload$
-- The kind of what the job would need and its customer has deleted, if any.
SELECT u.kind FROM jobs j JOIN uploads u
    ON u.id IN (j.dataset_id, j.package_id) OR u.id IN (SELECT value FROM json_each(j.inputs))
WHERE j.id = :job_id AND u.deleted_at IS NOT NULL LIMIT 1;

-- name: has_lost_its_start$
-- Whether the job was to begin with a checkpoint of which nothing is left.
SELECT 1 FROM jobs j LEFT JOIN artifacts a ON a.id = j.start_checkpoint_artifact_id
    AND (SELECT made.customer_id FROM jobs made WHERE made.id = a.job_id) = j.customer_id
WHERE j.id = :job_id AND j.start_checkpoint_artifact_id IS NOT NULL AND a.content_id IS NULL;

-- name: begin_with_result_of
-- Active jobs that begin with a checkpoint of one of a JSON list of units.
SELECT j.id FROM artifacts a JOIN jobs j ON j.start_checkpoint_artifact_id = a.id
WHERE a.unit_id IN (SELECT value FROM json_each(:unit_ids)) AND j.status IN ('planning', 'queued', 'running')
GROUP BY j.id ORDER BY j.id;

-- name: set_max_runtime!
UPDATE jobs SET max_runtime_seconds = :max_runtime_seconds WHERE id = :id;

-- name: money_of_job^
-- What a job's units ever held, gave back and were charged.
SELECT coalesce(sum(u.held_micro), 0) AS held_micro, coalesce(sum(u.released_micro), 0) AS released_micro,
       coalesce(sum(u.charged_micro), 0) AS charged_micro
FROM jobs j JOIN units u ON u.job_id = j.id WHERE j.public_id = :job_id AND j.customer_id = :customer_id;

-- name: inputs_of_job
-- The datasets a job names beside its own, by their names, in order.
SELECT i.key AS name, u.public_id, u.content_id
FROM jobs j JOIN json_each(j.inputs) i JOIN uploads u ON u.id = i.value WHERE j.id = :job_id ORDER BY i.key;

-- name: checkpoint_artifact^
-- An artifact of this customer, and how large the whole checkpoint is of which it is a file.
SELECT a.id, a.type, u.state AS unit_state, coalesce(c.size_bytes, 0) AS checkpoint_bytes, j.retention
FROM artifacts a JOIN jobs j ON j.id = a.job_id JOIN units u ON u.id = a.unit_id
LEFT JOIN contents c ON c.id = a.content_id
WHERE a.public_id = :artifact_id AND j.customer_id = :customer_id;

-- name: start_checkpoint^
-- The checkpoint that an artifact of this customer is a file of, and its step where that is known.
SELECT a.public_id, a.content_id, k.step FROM artifacts a JOIN jobs j ON j.id = a.job_id
LEFT JOIN checkpoints k ON k.content_id = a.content_id
WHERE a.id = :id AND j.customer_id = :customer_id;
