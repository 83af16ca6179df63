-- name: packages_of_units
-- The package of each of a JSON list of units.
SELECT u.id, coalesce(p.package_digest, '') AS package_digest
FROM units u JOIN jobs j ON j.id = u.job_id JOIN uploads p ON p.id = j.package_id
WHERE u.id IN (SELECT value FROM json_each(:ids));

-- name: active_jobs_of_package
SELECT j.id FROM uploads p JOIN jobs j ON j.package_id = p.id
WHERE p.package_digest = :package_digest AND j.status IN ('planning', 'queued', 'running') ORDER BY j.id;

-- name: live_at_owner
-- Attempts at units of a package that an owner's nodes hold; those whose result is here have nothing left to run.
SELECT a.id FROM nodes n
JOIN attempts a ON a.node_id = n.id AND a.outcome IS NULL
JOIN units u ON u.id = a.unit_id JOIN jobs j ON j.id = u.job_id JOIN uploads p ON p.id = j.package_id
WHERE n.owner_id = :owner_id AND p.package_digest = :package_digest AND a.result_content_id IS NULL ORDER BY a.id;
