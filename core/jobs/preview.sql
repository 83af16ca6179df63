-- name: earlier_jobs
-- The customer's newest completed jobs of packages with the same bytes.
SELECT id FROM (SELECT id, package_id FROM jobs WHERE customer_id = :customer_id AND status = 'completed'
                ORDER BY id DESC LIMIT 1000)
WHERE package_id IN (SELECT p.id FROM uploads p JOIN contents c ON c.id = p.content_id
                     WHERE p.customer_id = :customer_id AND p.kind = 'training_package' AND c.digest = :digest)
LIMIT :limit;

-- name: earlier_seconds
-- How long each unit of a JSON list of jobs ran, where one attempt did all of it.
SELECT u.role, c.kind, a.accepted_seconds FROM units u JOIN attempts a ON a.id = u.accepted_attempt_id
JOIN classes c ON c.id = u.class_id
WHERE u.job_id IN (SELECT value FROM json_each(:job_ids)) AND a.start_checkpoint_id IS NULL ORDER BY u.id;

-- name: checkpoint_bytes$
-- The size of the checkpoint that the newest of a JSON list of jobs left.
SELECT sum(size_bytes) FROM artifacts WHERE type = 'checkpoint' AND job_id IN (SELECT value FROM json_each(:job_ids))
GROUP BY job_id ORDER BY job_id DESC LIMIT 1;

-- name: package_digest$
SELECT c.digest FROM uploads p JOIN contents c ON c.id = p.content_id WHERE p.id = :package_id;
