-- name: add_code!
INSERT INTO enrollment_codes (code_hash, owner_id, tier, created_at, expires_at)
VALUES (:code_hash, :owner_id, :tier, :now, :expires_at);

-- name: use_code^
-- The code is used up by this: of two that come at once, one wins.
UPDATE enrollment_codes SET used_at = :now
WHERE code_hash = :code_hash AND used_at IS NULL AND expires_at > :now
RETURNING owner_id, tier;

-- name: add_node<!
INSERT INTO nodes (public_id, name, owner_id, tier, credential_hash, enrolled_at, agent_version, protocol)
VALUES (:public_id, :name, :owner_id, :tier, :credential_hash, :now, :agent_version, :protocol);

-- name: node_by_credential^
SELECT id, public_id, name, owner_id, tier, revoked_at, resources FROM nodes WHERE credential_hash = :credential_hash;

-- name: is_revoked$
SELECT revoked_at IS NOT NULL FROM nodes WHERE id = :id;

-- name: all_nodes
SELECT n.id, n.public_id, n.name, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version, n.resources,
       c.email AS owner_email,
       (SELECT count(*) FROM attempts a WHERE a.node_id = n.id AND a.outcome IS NULL) AS attempts
FROM nodes n LEFT JOIN customers c ON c.id = n.owner_id ORDER BY n.id;

-- name: seen_since
-- Nodes that may be offered work now.
SELECT id, public_id, name, owner_id, tier, resources FROM nodes
WHERE revoked_at IS NULL AND last_seen_at >= :since AND resources IS NOT NULL;

-- name: move_last_seen!
UPDATE nodes SET last_seen_at = last_seen_at + :seconds;
