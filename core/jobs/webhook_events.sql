-- name: customer_of_job$
SELECT customer_id FROM jobs WHERE id = :job_id;

-- name: ended_job^
SELECT j.public_id, j.name, j.created_at, j.finished_at, j.failure,
       (SELECT coalesce(sum(charged_micro), 0) FROM units WHERE job_id = j.id) AS charged_micro
FROM jobs j WHERE j.id = :job_id;

-- name: name_of_job^
SELECT public_id, name FROM jobs WHERE id = :job_id;

-- name: artifacts_made
-- In the order they were made. Names begin with the unit's label, so that the index of names leads to them: there is
-- none by unit, and a job may have very many. '0' comes after '/'.
SELECT public_id, type, name, size_bytes FROM artifacts
WHERE job_id = :job_id AND name > :label || '/' AND name < :label || '0'
  AND unit_id = :unit_id AND attempt = :attempt
ORDER BY +id LIMIT :limit;

-- name: count_made$
SELECT count(*) FROM artifacts
WHERE job_id = :job_id AND name > :label || '/' AND name < :label || '0'
  AND unit_id = :unit_id AND attempt = :attempt;
