-- name: events_of_job
SELECT e.job_number AS number, e.kind, e.payload, e.created_at, e.job_id, j.public_id AS job_public_id
FROM events e JOIN jobs j ON j.id = e.job_id
WHERE e.job_id = :job_id AND e.job_number > :after ORDER BY e.job_number LIMIT :limit;

-- name: events_of_customer
SELECT e.customer_number AS number, e.kind, e.payload, e.created_at, e.job_id, j.public_id AS job_public_id
FROM events e LEFT JOIN jobs j ON j.id = e.job_id
WHERE e.customer_id = :customer_id AND e.customer_number > :after ORDER BY e.customer_number LIMIT :limit;

-- name: newest_of_job$
SELECT event_number FROM jobs WHERE id = :job_id;

-- name: newest_of_customer$
SELECT event_number FROM customers WHERE id = :customer_id;
