-- name: next_job_number$
UPDATE jobs SET event_number = event_number + 1 WHERE id = :job_id RETURNING event_number;

-- name: next_customer_number$
UPDATE customers SET event_number = event_number + 1 WHERE id = :customer_id RETURNING event_number;

-- name: add_event!
INSERT INTO events (customer_id, customer_number, job_id, job_number, kind, payload, created_at)
VALUES (:customer_id, :customer_number, :job_id, :job_number, :kind, :payload, :now);
