-- name: active_job(customer_id)$
SELECT public_id FROM jobs WHERE customer_id = :customer_id AND status IN ('planning', 'queued', 'running') LIMIT 1;

-- name: close(customer_id, now)!
-- The address is free again; the row stays, since the ledger's accounts are its.
UPDATE customers SET email = 'closed account ' || public_id, password_hash = NULL, limits = '{}',
    suspended_at = :now, closed_at = :now
WHERE id = :customer_id;

-- name: delete_keys(customer_id)!
DELETE FROM api_keys WHERE customer_id = :customer_id;

-- name: delete_sources(customer_id)!
DELETE FROM sign_in_sources WHERE customer_id = :customer_id;

-- name: delete_codes(customer_id)!
DELETE FROM enrollment_codes WHERE owner_id = :customer_id;

-- name: delete_device_codes(customer_id)!
-- Those that it has approved or denied.
DELETE FROM device_codes WHERE customer_id = :customer_id;

-- name: nodes(customer_id)
SELECT id FROM nodes WHERE owner_id = :customer_id;

-- name: give_up_nodes(customer_id)!
-- What they have done for others stays, under no name; what they still earn is the operator's.
UPDATE nodes SET owner_id = NULL, name = 'removed node', resources = NULL
WHERE owner_id = :customer_id;

-- name: delete_self_tests(customer_id)!
DELETE FROM node_self_tests WHERE node_id IN (SELECT id FROM nodes WHERE owner_id = :customer_id);

-- name: delete_line_tests(customer_id)!
DELETE FROM node_line_tests WHERE node_id IN (SELECT id FROM nodes WHERE owner_id = :customer_id);

-- name: delete_blocks(customer_id)!
DELETE FROM package_blocks WHERE owner_id = :customer_id;

-- name: changes_naming(email)
SELECT id, subject, details FROM audit_log
WHERE instr(lower(subject), lower(:email)) > 0 OR instr(lower(details), lower(:email)) > 0;

-- name: rename_change(id, subject, details)!
UPDATE audit_log SET subject = :subject, details = :details WHERE id = :id;

-- name: forget_grant_notes(customer_id)!
-- An operator's own words about somebody.
UPDATE ledger_transfers SET note = NULL WHERE kind = 'grant' AND id IN (
    SELECT e.transfer_id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
    WHERE a.customer_id = :customer_id);

-- name: next_to_erase$
SELECT id FROM customers WHERE closed_at IS NOT NULL AND erased_at IS NULL ORDER BY id LIMIT 1;

-- name: next_job(customer_id)$
-- A job that still has a name is not erased yet.
SELECT id FROM jobs WHERE customer_id = :customer_id AND name <> '' ORDER BY id LIMIT 1;

-- name: delete_log_lines(job_id, limit)!
DELETE FROM log_lines WHERE (unit_id, number) IN (
    SELECT l.unit_id, l.number FROM units u JOIN log_lines l ON l.unit_id = u.id WHERE u.job_id = :job_id LIMIT :limit);

-- name: delete_points(job_id, limit)!
DELETE FROM metric_points WHERE job_id = :job_id AND number IN (
    SELECT number FROM metric_points WHERE job_id = :job_id LIMIT :limit);

-- name: delete_job_events(job_id, limit)!
DELETE FROM events WHERE id IN (
    SELECT id FROM events WHERE job_id = :job_id AND job_number IS NOT NULL LIMIT :limit);

-- name: content_of_job(job_id)$
-- One that is not emptied yet.
SELECT id FROM contents WHERE digest <> '' AND id IN (
    SELECT content_id FROM artifacts WHERE job_id = :job_id
    UNION SELECT result_content_id FROM units WHERE job_id = :job_id
    UNION SELECT a.result_content_id FROM attempts a JOIN units u ON u.id = a.unit_id WHERE u.job_id = :job_id
    UNION SELECT c.content_id FROM checkpoints c JOIN units u ON u.id = c.unit_id WHERE u.job_id = :job_id)
LIMIT 1;

-- name: forget_chunks_of_content(id, limit)!
DELETE FROM content_chunks WHERE content_id = :id AND digest IN (
    SELECT digest FROM content_chunks WHERE content_id = :id LIMIT :limit);

-- name: leave_content(id)!
UPDATE uploads SET content_id = NULL WHERE content_id = :id;

-- name: delete_artifacts(job_id)!
DELETE FROM artifacts WHERE job_id = :job_id;

-- name: empty_attempts(job_id)!
UPDATE attempts SET token = '', reason = NULL, start_checkpoint_id = NULL, result_content_id = NULL
WHERE unit_id IN (SELECT id FROM units WHERE job_id = :job_id);

-- name: delete_checkpoints(job_id)!
DELETE FROM checkpoints WHERE unit_id IN (SELECT id FROM units WHERE job_id = :job_id);

-- name: empty_units(job_id, spec)!
UPDATE units SET spec = :spec, result_content_id = NULL WHERE job_id = :job_id;

-- name: empty_job(job_id, strategy)!
UPDATE jobs SET name = '', strategy = :strategy, params = '{}', inputs = '{}', failure = NULL, metrics = '{}',
    event_number = 0, metric_number = 0
WHERE id = :job_id;

-- name: next_upload(customer_id)^
-- One that still has a name, or whose content is not emptied yet.
SELECT id, name, content_id FROM uploads
WHERE customer_id = :customer_id AND (name <> '' OR content_id IS NOT NULL) LIMIT 1;

-- name: empty_upload(id, now)!
-- The row stays for jobs that name it. Name and version are unique: the key stands for both.
UPDATE uploads SET name = '', version = id, deleted_at = coalesce(deleted_at, :now),
    file_name = NULL, reasons = '[]', training = NULL, lock = NULL
WHERE id = :id;

-- name: delete_events(customer_id, limit)!
DELETE FROM events WHERE id IN (
    SELECT id FROM events WHERE customer_id = :customer_id AND customer_number IS NOT NULL LIMIT :limit);

-- name: chunks(customer_id, limit)
SELECT digest FROM customer_chunks WHERE customer_id = :customer_id LIMIT :limit;

-- name: delete_chunk(customer_id, digest)!
DELETE FROM customer_chunks WHERE customer_id = :customer_id AND digest = :digest;

-- name: delete_answers(customer_id, limit)!
DELETE FROM idempotency_keys WHERE coalesce(customer_id, 0) = :customer_id AND (route, key) IN (
    SELECT route, key FROM idempotency_keys WHERE coalesce(customer_id, 0) = :customer_id LIMIT :limit);

-- name: delete_days(customer_id)!
DELETE FROM unit_days WHERE customer_id = :customer_id;

-- name: delete_running_days(customer_id)!
DELETE FROM running_days WHERE customer_id = :customer_id;

-- name: erased(customer_id, now)!
UPDATE customers SET event_number = 0, erased_at = :now WHERE id = :customer_id;
