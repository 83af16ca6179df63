-- name: job^
SELECT j.*, d.public_id AS dataset_public_id, p.public_id AS package_public_id, c.public_id AS customer_public_id,
       c.email AS customer_email
FROM jobs j JOIN uploads d ON d.id = j.dataset_id JOIN uploads p ON p.id = j.package_id
JOIN customers c ON c.id = j.customer_id
WHERE j.public_id = :job_id;

-- name: jobs
-- Of all customers, newest first.
SELECT j.*, d.public_id AS dataset_public_id, p.public_id AS package_public_id, c.public_id AS customer_public_id,
       c.email AS customer_email
FROM jobs j JOIN uploads d ON d.id = j.dataset_id JOIN uploads p ON p.id = j.package_id
JOIN customers c ON c.id = j.customer_id
WHERE j.id IN (SELECT value FROM json_each(:ids))
ORDER BY j.id DESC;

-- name: newest
SELECT id FROM jobs WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: newest_of_status
SELECT id FROM jobs WHERE status = :status AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: newest_of_customer
SELECT j.id FROM jobs j WHERE j.customer_id = (SELECT id FROM customers WHERE public_id = :customer_id)
  AND j.id < :before ORDER BY j.id DESC LIMIT :limit;

-- name: newest_of_customer_and_status
SELECT j.id FROM jobs j WHERE j.customer_id = (SELECT id FROM customers WHERE public_id = :customer_id)
  AND j.status = :status AND j.id < :before ORDER BY j.id DESC LIMIT :limit;
