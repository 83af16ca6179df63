-- Packages that owners keep off their nodes, and, without an owner, those that the operator blocked everywhere.
CREATE TABLE package_blocks (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    owner_id INTEGER REFERENCES customers (id),
    package_digest TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE UNIQUE INDEX package_blocks_by_owner ON package_blocks (coalesce(owner_id, 0), package_digest);

-- SHA-256 of a package's zip: what owners see of it and blocks name, whoever sent it and whatever the file is called.
-- Of zips of several chunks nobody has hashed the whole yet: those keep the digest of their manifest.
ALTER TABLE uploads ADD COLUMN package_digest TEXT;
UPDATE uploads SET package_digest = (
    SELECT CASE WHEN json_array_length(m.text, '$.files[0].chunks') = 1
                 AND json_extract(m.text, '$.files[0].chunks[0].offset') = 0
           THEN json_extract(m.text, '$.files[0].chunks[0].digest') ELSE m.digest END
    FROM (SELECT CAST(c.manifest AS TEXT) AS text, c.digest FROM contents c WHERE c.id = uploads.content_id) m)
WHERE kind = 'training_package' AND status <> 'uploading' AND content_id IS NOT NULL;
CREATE INDEX uploads_by_package_digest ON uploads (package_digest) WHERE package_digest IS NOT NULL;

-- The jobs of a package, for blocks; what ran on a node, newest first.
CREATE INDEX jobs_by_package ON jobs (package_id);
CREATE INDEX attempts_by_node ON attempts (node_id, id);
