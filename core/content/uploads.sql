-- name: record_chunk(customer_id, digest, size_bytes, now)!
INSERT INTO customer_chunks (customer_id, digest, size_bytes, stored_at)
VALUES (:customer_id, :digest, :size_bytes, :now)
ON CONFLICT (customer_id, digest) DO UPDATE SET stored_at = excluded.stored_at;

-- name: missing_of_sizes(customer_id, sizes)
-- Of a JSON object {digest: size}, what the customer has not sent, or not as long as it should be.
SELECT s.key AS digest, s.value AS size_bytes FROM json_each(:sizes) s
WHERE NOT EXISTS (SELECT 1 FROM customer_chunks k
    WHERE k.customer_id = :customer_id AND k.digest = s.key AND k.size_bytes >= s.value);

-- name: missing_of_content(content_id, customer_id, after, limit)
-- The same of a stored content, in the order of digests.
SELECT c.digest, c.size_bytes FROM content_chunks c
WHERE c.content_id = :content_id AND c.digest > :after
    AND NOT EXISTS (SELECT 1 FROM customer_chunks k
        WHERE k.customer_id = :customer_id AND k.digest = c.digest AND k.size_bytes >= c.size_bytes)
ORDER BY c.digest LIMIT :limit;

-- name: missing_count(content_id, customer_id)$
SELECT count(*) FROM content_chunks c
WHERE c.content_id = :content_id
    AND NOT EXISTS (SELECT 1 FROM customer_chunks k
        WHERE k.customer_id = :customer_id AND k.digest = c.digest AND k.size_bytes >= c.size_bytes);

-- name: insert_upload(public_id, kind, customer_id, name, content_id, file_name, now)<!
-- The version after the last of the name, deleted ones counted.
INSERT INTO uploads (public_id, kind, customer_id, name, version, status, created_at, content_id, file_name)
VALUES (:public_id, :kind, :customer_id, :name, 1 + coalesce((SELECT max(version) FROM uploads
    WHERE customer_id = :customer_id AND kind = :kind AND name = :name), 0),
    'uploading', :now, :content_id, :file_name);

-- name: upload_by_public_id(customer_id, kind, public_id)^
SELECT u.id, u.public_id, u.kind, u.customer_id, u.name, u.version, u.status, u.created_at, u.content_id,
    u.file_name, u.reasons, u.training, c.size_bytes, c.file_count, c.digest
FROM uploads u LEFT JOIN contents c ON c.id = u.content_id
WHERE u.customer_id = :customer_id AND u.kind = :kind AND u.public_id = :public_id AND u.deleted_at IS NULL;

-- name: upload_for_stream(public_id, kind)^
-- By what a signed URL names: its bearer needs no key.
SELECT u.id, u.public_id, u.kind, u.customer_id, u.name, u.version, u.status, u.created_at, u.content_id,
    u.file_name, u.reasons, u.training, c.size_bytes, c.file_count, c.digest
FROM uploads u LEFT JOIN contents c ON c.id = u.content_id
WHERE u.kind = :kind AND u.public_id = :public_id AND u.deleted_at IS NULL;

-- name: list_uploads(customer_id, kind, q, before, limit)
SELECT u.id, u.public_id, u.kind, u.customer_id, u.name, u.version, u.status, u.created_at, u.content_id,
    u.file_name, u.reasons, u.training, c.size_bytes, c.file_count, c.digest
FROM uploads u LEFT JOIN contents c ON c.id = u.content_id
WHERE u.customer_id = :customer_id AND u.kind = :kind AND u.deleted_at IS NULL AND u.id < :before
  AND (:q IS NULL OR instr(lower(u.name), lower(:q)) > 0 OR instr(u.public_id, lower(:q)) > 0)
ORDER BY u.id DESC LIMIT :limit;

-- name: set_content(upload_id, content_id)!
UPDATE uploads SET content_id = :content_id WHERE id = :upload_id;

-- name: set_finalized(upload_id, status, reasons, training, lock, package_digest, now)!
UPDATE uploads SET status = :status, reasons = :reasons, training = :training, lock = :lock, package_digest = :package_digest,
    finalized_at = :now
WHERE id = :upload_id AND status = 'uploading';

-- name: active_job_using(upload_id)$
SELECT public_id FROM jobs WHERE (dataset_id = :upload_id OR package_id = :upload_id
        OR EXISTS (SELECT 1 FROM json_each(jobs.inputs) i WHERE i.value = :upload_id))
    AND customer_id = (SELECT customer_id FROM uploads WHERE id = :upload_id)
    AND status IN ('planning', 'queued', 'running')
LIMIT 1;

-- name: mark_deleted(upload_id, now)!
UPDATE uploads SET deleted_at = :now WHERE id = :upload_id AND deleted_at IS NULL;

-- name: unfinished_too_long(usual_days, now)
-- Begun longer ago than their customer's own limit of days, or the usual one.
SELECT u.id, u.public_id, u.kind, u.customer_id, u.name, u.version, u.status, u.created_at, u.content_id,
    u.file_name, u.reasons, u.training, c.size_bytes, c.file_count, c.digest
FROM uploads u JOIN customers o ON o.id = u.customer_id LEFT JOIN contents c ON c.id = u.content_id
WHERE u.status = 'uploading' AND u.deleted_at IS NULL
  AND u.created_at < :now - 86400.0 * coalesce(json_extract(o.limits, '$.unfinished_upload_days'), :usual_days);

-- name: announced(customer_id, digest)$
-- Whether a dataset or package of the customer is made of this chunk.
SELECT 1 FROM content_chunks c JOIN uploads u ON u.content_id = c.content_id
WHERE c.digest = :digest AND u.customer_id = :customer_id AND u.deleted_at IS NULL LIMIT 1;
