-- What is left of an ended job: `whole`, `results` (completed, without checkpoints that nobody can ask for), `expiring`
-- (its time is over, rows and bytes are going), `expired` (what it was and cost; its names and sizes of artifacts).
ALTER TABLE jobs ADD COLUMN retention TEXT NOT NULL DEFAULT 'whole'
    CHECK (retention IN ('whole', 'results', 'expiring', 'expired'));
CREATE INDEX jobs_to_trim ON jobs (id) WHERE status = 'completed' AND retention = 'whole';
CREATE INDEX jobs_to_expire ON jobs (finished_at) WHERE finished_at IS NOT NULL AND retention IN ('whole', 'results');
CREATE INDEX jobs_expiring ON jobs (id) WHERE retention = 'expiring';
-- Events of no job, such as those of datasets, go by their own age.
CREATE INDEX events_of_no_job ON events (created_at) WHERE job_id IS NULL;
-- Chunks that nobody has any more and whose bytes may still lie on the disk, also after kill -9.
CREATE TABLE orphans (digest TEXT PRIMARY KEY) WITHOUT ROWID;
-- What nodes are asked to forget, by digests alone: the content itself may be erased meanwhile.
CREATE TABLE contents_to_forget (
    content_id INTEGER PRIMARY KEY REFERENCES contents (id),
    digest TEXT NOT NULL,
    chunks TEXT NOT NULL
);
-- Deleted contents that a node may still hold; `told_at` is when it was last asked to forget one.
CREATE TABLE node_forgets (
    node_id INTEGER NOT NULL REFERENCES nodes (id),
    content_id INTEGER NOT NULL REFERENCES contents_to_forget (content_id),
    told_at REAL,
    PRIMARY KEY (node_id, content_id)
) WITHOUT ROWID;
