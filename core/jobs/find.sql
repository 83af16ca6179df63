-- Each gives ids of a customer's jobs below one, newest first. A filter that is NULL passes all; statuses come as a JSON
-- list; `q` is found in name and id, in upper and lower case.

-- name: newest(customer_id, before, limit)
SELECT id FROM jobs WHERE customer_id = :customer_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: of_status(customer_id, status, before, limit)
SELECT id FROM jobs INDEXED BY jobs_by_status
WHERE customer_id = :customer_id AND status = :status AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: of_dataset(customer_id, dataset_id, status, package_id, before, limit)
SELECT id FROM jobs INDEXED BY jobs_by_dataset
WHERE customer_id = :customer_id AND dataset_id = :dataset_id AND status = :status AND id < :before
    AND (:package_id IS NULL OR package_id = :package_id)
ORDER BY id DESC LIMIT :limit;

-- name: of_package(customer_id, package_id, status, before, limit)
SELECT id FROM jobs INDEXED BY jobs_by_package
WHERE customer_id = :customer_id AND package_id = :package_id AND status = :status AND id < :before
ORDER BY id DESC LIMIT :limit;

-- name: those_with(ids, q, limit)
-- Of a JSON list of ids.
SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(:ids))
    AND (instr(lower(name), lower(:q)) OR instr(public_id, lower(:q)))
ORDER BY id DESC LIMIT :limit;

-- name: of_words(words, customer_id, q, statuses, dataset_id, package_id, before, limit)
-- `words` are those of `q` in job_words: few jobs have them all without having `q`.
SELECT j.id FROM job_words CROSS JOIN jobs j ON j.id = job_words.rowid
WHERE job_words MATCH :words AND job_words.rowid < :before AND j.customer_id = :customer_id
    AND (instr(lower(j.name), lower(:q)) OR instr(j.public_id, lower(:q)))
    AND (:statuses IS NULL OR j.status IN (SELECT value FROM json_each(:statuses)))
    AND (:dataset_id IS NULL OR j.dataset_id = :dataset_id) AND (:package_id IS NULL OR j.package_id = :package_id)
ORDER BY job_words.rowid DESC LIMIT :limit;

-- name: of_few_characters(customer_id, q, statuses, dataset_id, package_id, before, limit)
-- For what is too short to have words: most jobs have it.
SELECT id FROM jobs
WHERE customer_id = :customer_id AND id < :before
    AND (instr(lower(name), lower(:q)) OR instr(public_id, lower(:q)))
    AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
    AND (:dataset_id IS NULL OR dataset_id = :dataset_id) AND (:package_id IS NULL OR package_id = :package_id)
ORDER BY id DESC LIMIT :limit;

-- name: upload_id(customer_id, kind, public_id)$
-- Of a dataset or package, deleted ones too: their jobs remain.
SELECT id FROM uploads WHERE public_id = :public_id AND customer_id = :customer_id AND kind = :kind;
