-- name: add_entry(public_id, now, actor, action, subject, details)!
INSERT INTO audit_log (public_id, created_at, actor, action, subject, details)
VALUES (:public_id, :now, :actor, :action, :subject, :details);

-- name: entries
-- Newest first.
SELECT id, public_id, created_at, actor, action, subject, details FROM audit_log
WHERE id < :before ORDER BY id DESC LIMIT :limit;
