-- name: forget_results!
DELETE FROM artifacts WHERE job_id = (SELECT job_id FROM units WHERE id = :unit_id) AND unit_id = :unit_id
    AND type <> 'logs';

-- name: artifacts_of_job
SELECT a.id, a.public_id, a.type, a.name, a.size_bytes, a.sha256, a.may_run_code, a.created_at,
       u.public_id AS unit_public_id, j.finished_at,
       (a.type = 'logs' OR u.state = 'completed') AND j.retention IN ('whole', 'results') AS is_open
FROM artifacts a JOIN units u ON u.id = a.unit_id JOIN jobs j ON j.id = a.job_id
WHERE a.job_id = :job_id AND a.id > :after ORDER BY a.id LIMIT :limit;

-- name: artifacts_of_ids
-- As artifacts_of_job, those of a JSON list of public ids.
SELECT a.id, a.public_id, a.type, a.name, a.size_bytes, a.sha256, a.may_run_code, a.created_at,
       u.public_id AS unit_public_id, j.finished_at,
       (a.type = 'logs' OR u.state = 'completed') AND j.retention IN ('whole', 'results') AS is_open
FROM artifacts a JOIN units u ON u.id = a.unit_id JOIN jobs j ON j.id = a.job_id
WHERE a.public_id IN (SELECT value FROM json_each(:ids)) ORDER BY a.id;

-- name: artifact^
SELECT a.id, a.name, a.size_bytes, a.sha256, j.retention, a.type = 'logs' OR u.state = 'completed' AS is_open
FROM artifacts a JOIN units u ON u.id = a.unit_id JOIN jobs j ON j.id = a.job_id
WHERE a.public_id = :artifact_id AND j.public_id = :job_id AND j.customer_id = :customer_id;

-- name: artifact_source^
SELECT a.unit_id, a.attempt, a.content_id, a.path, a.name, a.size_bytes
FROM artifacts a JOIN jobs j ON j.id = a.job_id WHERE a.id = :id AND j.retention IN ('whole', 'results');
