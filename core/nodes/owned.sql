-- name: owned_nodes
-- Newest first; a node that is NULL passes all of the owner's.
SELECT n.id, n.public_id, n.name, n.owner_id, n.tier, n.enrolled_at, n.last_seen_at, n.revoked_at, n.agent_version,
       n.resources, t.finished_at AS tested_at, t.passed AS test_passed, t.checks AS test_checks, t.speed AS test_speed
FROM nodes n LEFT JOIN node_self_tests t ON t.node_id = n.id
WHERE n.owner_id = :owner_id AND n.id < :before AND (:node_id IS NULL OR n.public_id = :node_id)
ORDER BY n.id DESC LIMIT :limit;

-- name: owned_node^
SELECT id, revoked_at FROM nodes WHERE public_id = :node_id AND owner_id = :owner_id;

-- name: rename_node!
UPDATE nodes SET name = :name WHERE id = :id;

-- name: revoke_node!
UPDATE nodes SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: running_on
-- What nodes (a JSON list of ids) hold: attempts without outcome whose lease has not ended.
SELECT a.node_id, a.public_id, a.gpu_uuid, a.created_at, u.role, c.kind, coalesce(p.package_digest, '') AS package_digest
FROM attempts a JOIN units u ON u.id = a.unit_id JOIN classes c ON c.id = u.class_id
JOIN jobs j ON j.id = u.job_id JOIN uploads p ON p.id = j.package_id
WHERE a.node_id IN (SELECT value FROM json_each(:ids)) AND a.outcome IS NULL AND a.lease_expires_at IS NOT NULL
ORDER BY a.id;

-- name: forget_expired_codes!
DELETE FROM enrollment_codes WHERE owner_id = :owner_id AND expires_at <= :now;

-- name: codes_of_owner^
SELECT count(*) AS codes, min(expires_at) AS first_expires_at FROM enrollment_codes
WHERE owner_id = :owner_id AND expires_at > :now;
