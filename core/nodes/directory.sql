-- name: node^
SELECT n.id, n.public_id, n.name, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version, n.protocol,
       n.resources, c.email AS owner_email,
       (SELECT count(*) FROM attempts a WHERE a.node_id = n.id AND a.outcome IS NULL) AS attempts
FROM nodes n LEFT JOIN customers c ON c.id = n.owner_id WHERE n.public_id = :public_id;

-- name: nodes
-- Newest first; a filter that is NULL passes all. `owner` is an e-mail address, '' those without an owner.
SELECT n.id, n.public_id, n.name, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version, n.protocol,
       n.resources, c.email AS owner_email,
       (SELECT count(*) FROM attempts a WHERE a.node_id = n.id AND a.outcome IS NULL) AS attempts
FROM nodes n LEFT JOIN customers c ON c.id = n.owner_id
WHERE n.id < :before
  AND (:tier IS NULL OR n.tier = :tier)
  AND (:revoked IS NULL OR (n.revoked_at IS NOT NULL) = :revoked)
  AND (:owner IS NULL OR coalesce(c.email, '') = :owner COLLATE NOCASE)
ORDER BY n.id DESC LIMIT :limit;

-- name: nodes_named
-- The node with this id, or those with this name that are not revoked.
SELECT id, public_id, name FROM nodes WHERE public_id = :named OR (name = :named AND revoked_at IS NULL) ORDER BY id;

-- name: set_tier!
UPDATE nodes SET tier = :tier WHERE id = :id AND tier <> :tier;
