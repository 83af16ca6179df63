-- What operators changed, and who they were. Rows are only ever added.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    created_at REAL NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}'
);
