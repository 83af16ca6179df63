-- name: remember!
INSERT OR IGNORE INTO contents_to_forget (content_id, digest, chunks) VALUES (:content_id, :digest, :chunks);

-- name: held_by_none!
-- What nobody has to forget (any more) need not be remembered.
DELETE FROM contents_to_forget
WHERE content_id NOT IN (SELECT content_id FROM node_forgets) AND (:content_id IS NULL OR content_id = :content_id);

-- name: ask_holders!
-- Every node that was ever leased a unit of a job of this dataset or package.
INSERT INTO node_forgets (node_id, content_id)
SELECT DISTINCT a.node_id, :content_id
FROM jobs j JOIN units u ON u.job_id = j.id JOIN attempts a ON a.unit_id = u.id JOIN nodes n ON n.id = a.node_id
WHERE j.customer_id = :customer_id AND n.revoked_at IS NULL
  AND (j.dataset_id = :upload_id OR j.package_id = :upload_id
       OR EXISTS (SELECT 1 FROM json_each(j.inputs) i WHERE i.value = :upload_id))
ON CONFLICT (node_id, content_id) DO UPDATE SET told_at = NULL;

-- name: asked
SELECT node_id FROM node_forgets WHERE content_id = :content_id;

-- name: has_to_forget$
SELECT 1 FROM node_forgets WHERE node_id = :node_id AND (told_at IS NULL OR told_at <= :told_before) LIMIT 1;

-- name: to_forget
SELECT f.content_id, c.digest, c.chunks FROM node_forgets f JOIN contents_to_forget c ON c.content_id = f.content_id
WHERE f.node_id = :node_id AND (f.told_at IS NULL OR f.told_at <= :told_before) ORDER BY f.content_id LIMIT :limit;

-- name: told!
UPDATE node_forgets SET told_at = :now WHERE node_id = :node_id AND content_id = :content_id;

-- name: forgotten!
-- What the node says it has forgotten, of a JSON list of digests, and was asked to.
DELETE FROM node_forgets WHERE node_id = :node_id AND told_at IS NOT NULL AND content_id IN (
    SELECT f.content_id FROM node_forgets f JOIN contents_to_forget c ON c.content_id = f.content_id
    WHERE f.node_id = :node_id AND c.digest IN (SELECT value FROM json_each(:digests)));
