-- name: add_block<!
INSERT INTO package_blocks (public_id, owner_id, package_digest, reason, created_at)
VALUES (:public_id, :owner_id, :package_digest, :reason, :now)
ON CONFLICT DO NOTHING;

-- name: block^
-- The one of this owner, or without an owner the operator's.
SELECT id, public_id, package_digest, reason, created_at, NULL AS owner_email FROM package_blocks
WHERE coalesce(owner_id, 0) = coalesce(:owner_id, 0) AND package_digest = :package_digest;

-- name: block_of_owner^
SELECT id, public_id, package_digest, reason, created_at, NULL AS owner_email FROM package_blocks
WHERE public_id = :public_id AND owner_id = :owner_id;

-- name: remove_block!
DELETE FROM package_blocks WHERE id = :id;

-- name: blocks_of
-- Newest first; without an owner the operator's.
SELECT id, public_id, package_digest, reason, created_at, NULL AS owner_email FROM package_blocks
WHERE coalesce(owner_id, 0) = coalesce(:owner_id, 0) AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: reports
-- What owners blocked, newest first, with who they are; a digest that is NULL passes all.
SELECT b.id, b.public_id, b.package_digest, b.reason, b.created_at, c.email AS owner_email
FROM package_blocks b JOIN customers c ON c.id = b.owner_id
WHERE b.id < :before AND (:package_digest IS NULL OR b.package_digest = :package_digest)
ORDER BY b.id DESC LIMIT :limit;

-- name: owners_blocks
SELECT owner_id, package_digest FROM package_blocks WHERE owner_id IS NOT NULL;

-- name: owners_blocking
SELECT owner_id FROM package_blocks WHERE package_digest = :package_digest AND owner_id IS NOT NULL;
