-- name: oldest_ready$
SELECT min(ready_at) FROM units WHERE state = 'ready' AND class_id = :class_id;

-- name: blocked_by_class
-- Ready units of packages that an owner blocks, by class.
SELECT u.class_id, count(*) AS units FROM package_blocks b
JOIN uploads p ON p.package_digest = b.package_digest
JOIN jobs j ON j.package_id = p.id AND j.status IN ('queued', 'running')
JOIN units u ON u.job_id = j.id AND u.state = 'ready'
WHERE b.owner_id = :owner_id GROUP BY u.class_id;

-- name: add_to_hour!
INSERT INTO ready_hours (hour, class_id, units) VALUES (:hour, :class_id, :units)
ON CONFLICT (hour, class_id) DO UPDATE SET units = units + excluded.units;

-- name: forget_hours!
DELETE FROM ready_hours WHERE hour < :first;

-- name: hours_of
SELECT hour, class_id, units FROM ready_hours
WHERE hour >= :first AND class_id IN (SELECT value FROM json_each(:class_ids));
