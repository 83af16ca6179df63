-- Signed URLs and jobs name artifacts by their keys, also after one is deleted: none is ever given again, nor one that a
-- job still names.
CREATE TABLE artifacts_of_one_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    unit_id INTEGER NOT NULL REFERENCES units (id),
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    attempt INTEGER,
    content_id INTEGER REFERENCES contents (id),
    path TEXT,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    may_run_code INTEGER NOT NULL,
    created_at REAL NOT NULL,
    UNIQUE (job_id, name)
);
INSERT INTO artifacts_of_one_key SELECT * FROM artifacts ORDER BY id;
DROP TABLE artifacts;
ALTER TABLE artifacts_of_one_key RENAME TO artifacts;
DELETE FROM sqlite_sequence WHERE name = 'artifacts';
INSERT INTO sqlite_sequence (name, seq) SELECT 'artifacts', max(
    (SELECT coalesce(max(id), 0) FROM artifacts), (SELECT coalesce(max(start_checkpoint_artifact_id), 0) FROM jobs));
