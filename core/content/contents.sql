-- name: contents(ids)
-- Those of a JSON list of keys that are not emptied.
SELECT id, manifest, digest FROM contents WHERE id IN (SELECT value FROM json_each(:ids)) AND digest <> '';

-- name: empty_content(content_id)!
UPDATE contents SET manifest = '{"files":[]}', digest = '', size_bytes = 0, file_count = 0 WHERE id = :content_id;
