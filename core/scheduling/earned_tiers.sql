-- name: to_raise
-- Nodes that are `new`, that no operator has judged, whose newest self-test passed, and who did so many units for others
-- than their owner, each the accepted one.
SELECT n.id, n.public_id, n.name FROM nodes n JOIN node_self_tests t ON t.node_id = n.id
WHERE n.tier = 'new' AND n.tier_by <> 'operator' AND n.revoked_at IS NULL AND t.passed = 1
  AND (SELECT count(*) FROM (
        SELECT 1 FROM attempts a JOIN units u ON u.id = a.unit_id
        WHERE a.node_id = n.id AND a.outcome = 'completed' AND u.accepted_attempt_id = a.id AND u.state = 'completed'
          AND u.customer_id IS NOT n.owner_id
        LIMIT :units)) >= :units
LIMIT :limit;

-- name: to_lower
-- Nodes that the rule has raised, and whose newest self-test did not pass.
SELECT n.id, n.public_id, n.name FROM nodes n JOIN node_self_tests t ON t.node_id = n.id
WHERE n.tier = 'controlled' AND n.tier_by = 'rule' AND n.revoked_at IS NULL AND t.passed = 0
LIMIT :limit;

-- name: set_tier!
UPDATE nodes SET tier = :tier, tier_by = 'rule' WHERE id = :id;
