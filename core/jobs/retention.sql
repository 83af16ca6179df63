-- name: fewest_days$
-- The shortest time that any customer's things are kept, in days.
SELECT min(:usual_days, coalesce(min(json_extract(limits, '$.artifact_days')), :usual_days)) FROM customers
WHERE limits <> '{}';

-- name: job_to_expire^
-- An ended job whose time is over, unless an unfinished one of its customer begins with a checkpoint of it.
SELECT j.id FROM jobs j JOIN customers c ON c.id = j.customer_id
WHERE j.retention IN ('whole', 'results') AND j.finished_at IS NOT NULL
  AND j.finished_at <= :now - 86400.0 * :fewest_days
  AND j.finished_at <= :now - 86400.0 * coalesce(json_extract(c.limits, '$.artifact_days'), :usual_days)
  AND NOT EXISTS (SELECT 1 FROM jobs later JOIN artifacts a ON a.id = later.start_checkpoint_artifact_id
      WHERE a.job_id = j.id AND later.customer_id = j.customer_id
          AND later.status IN ('planning', 'queued', 'running'))
ORDER BY j.finished_at LIMIT 1;

-- name: job_expiring^
SELECT id, customer_id FROM jobs WHERE retention = 'expiring' ORDER BY id LIMIT 1;

-- name: job_to_trim^
SELECT id, customer_id FROM jobs WHERE status = 'completed' AND retention = 'whole' ORDER BY id LIMIT 1;

-- name: set_retention!
UPDATE jobs SET retention = :retention WHERE id = :job_id;

-- name: retention$
SELECT retention FROM jobs WHERE id = :job_id;

-- name: keep_whole!
-- A completed job that goes on makes checkpoints again.
UPDATE jobs SET retention = 'whole' WHERE id = :job_id AND retention = 'results';

-- name: spare_checkpoint^
-- One that is no artifact, of a completed job: nobody can ask for it.
SELECT c.id, c.content_id FROM units u JOIN checkpoints c ON c.unit_id = u.id
WHERE u.job_id = :job_id AND c.content_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = :job_id AND a.content_id = c.content_id)
LIMIT 1;

-- name: content_of_job$
-- One that the job made and that is still there: a checkpoint, or what an attempt brought.
SELECT coalesce(
    (SELECT c.content_id FROM units u JOIN checkpoints c ON c.unit_id = u.id
     WHERE u.job_id = :job_id AND c.content_id IS NOT NULL LIMIT 1),
    (SELECT a.result_content_id FROM units u JOIN attempts a ON a.unit_id = u.id
     WHERE u.job_id = :job_id AND a.result_content_id IS NOT NULL LIMIT 1));

-- name: empty_checkpoints!
UPDATE checkpoints SET content_id = NULL
WHERE content_id = :content_id AND unit_id IN (SELECT id FROM units WHERE job_id = :job_id);

-- name: empty_attempts!
UPDATE attempts SET result_content_id = NULL
WHERE result_content_id = :content_id AND unit_id IN (SELECT id FROM units WHERE job_id = :job_id);

-- name: empty_units!
UPDATE units SET result_content_id = NULL WHERE result_content_id = :content_id AND job_id = :job_id;

-- name: empty_artifacts!
-- Their rows stay: what a job made, with its size and hash, is history.
UPDATE artifacts SET content_id = NULL WHERE content_id = :content_id AND job_id = :job_id;

-- name: forget_lines!
DELETE FROM log_lines WHERE (unit_id, number) IN (SELECT l.unit_id, l.number FROM units u
    JOIN log_lines l ON l.unit_id = u.id WHERE u.job_id = :job_id LIMIT :limit);

-- name: forget_points!
DELETE FROM metric_points WHERE job_id = :job_id
    AND number IN (SELECT number FROM metric_points WHERE job_id = :job_id ORDER BY number LIMIT :limit);

-- name: forget_events_of_job!
DELETE FROM events WHERE id IN (SELECT id FROM events WHERE job_id = :job_id AND job_number IS NOT NULL
    ORDER BY job_number LIMIT :limit);

-- name: forget_events_of_no_job!
DELETE FROM events WHERE id IN (SELECT e.id FROM events e JOIN customers c ON c.id = e.customer_id
    WHERE e.job_id IS NULL AND e.created_at <= :now - 86400.0 * :fewest_days
        AND e.created_at <= :now - 86400.0 * coalesce(json_extract(c.limits, '$.artifact_days'), :usual_days)
    ORDER BY e.created_at LIMIT :limit);
