-- name: node^
SELECT n.id, n.public_id, n.name, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version, n.protocol,
       n.resources, c.email AS owner_email, t.finished_at AS tested_at, t.passed AS test_passed,
       t.checks AS test_checks, t.speed AS test_speed,
       (SELECT count(*) FROM attempts a WHERE a.node_id = n.id AND a.outcome IS NULL) AS attempts
FROM nodes n LEFT JOIN customers c ON c.id = n.owner_id LEFT JOIN node_self_tests t ON t.node_id = n.id
WHERE n.public_id = :public_id;

-- name: nodes
-- Newest first; a filter that is NULL passes all. `owner` is an e-mail address, '' those without an owner.
SELECT n.id, n.public_id, n.name, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version, n.protocol,
       n.resources, c.email AS owner_email, t.finished_at AS tested_at, t.passed AS test_passed,
       t.checks AS test_checks, t.speed AS test_speed,
       (SELECT count(*) FROM attempts a WHERE a.node_id = n.id AND a.outcome IS NULL) AS attempts
FROM nodes n LEFT JOIN customers c ON c.id = n.owner_id LEFT JOIN node_self_tests t ON t.node_id = n.id
WHERE n.id < :before
  AND (:tier IS NULL OR n.tier = :tier)
  AND (:revoked IS NULL OR (n.revoked_at IS NOT NULL) = :revoked)
  AND (:owner IS NULL OR coalesce(c.email, '') = :owner COLLATE NOCASE)
ORDER BY n.id DESC LIMIT :limit;

-- name: nodes_named
-- The node with this id, or those with this name that are not revoked.
SELECT id, public_id, name FROM nodes WHERE public_id = :named OR (name = :named AND revoked_at IS NULL) ORDER BY id;

-- name: set_tier!
-- The operator's word. That a node stays `new` is one too: from then on no rule raises it.
UPDATE nodes SET tier = :tier, tier_by = 'operator'
WHERE id = :id AND (tier <> :tier OR (tier = 'new' AND tier_by <> 'operator'));
