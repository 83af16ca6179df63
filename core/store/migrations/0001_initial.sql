-- Inside, integer keys; outside, a unique UUIDv7 public_id. Times are Unix seconds, amounts micro-credits.

CREATE TABLE service (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Accounts

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    created_at REAL NOT NULL,
    suspended_at REAL,
    limits TEXT NOT NULL DEFAULT '{}',
    event_number INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at REAL NOT NULL,
    last_used_at REAL,
    revoked_at REAL
);

CREATE TABLE idempotency_keys (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at REAL NOT NULL,
    PRIMARY KEY (customer_id, route, key)
) WITHOUT ROWID;

CREATE TABLE unit_days (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    day TEXT NOT NULL,
    planned INTEGER NOT NULL,
    PRIMARY KEY (customer_id, day)
) WITHOUT ROWID;

-- Money: double entry; the entries of a transfer sum to zero

CREATE TABLE ledger_accounts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('available', 'held', 'operator', 'fees', 'issuance')),
    customer_id INTEGER REFERENCES customers (id),
    balance_micro INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX ledger_accounts_by_owner ON ledger_accounts (kind, coalesce(customer_id, 0));

CREATE TABLE ledger_transfers (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created_at REAL NOT NULL,
    job_id INTEGER,
    unit_id INTEGER,
    seconds REAL,
    rate_class TEXT,
    note TEXT
);

CREATE TABLE ledger_entries (
    id INTEGER PRIMARY KEY,
    transfer_id INTEGER NOT NULL REFERENCES ledger_transfers (id),
    account_id INTEGER NOT NULL REFERENCES ledger_accounts (id),
    amount_micro INTEGER NOT NULL,
    balance_micro INTEGER NOT NULL
);
CREATE INDEX ledger_entries_by_account ON ledger_entries (account_id, id);
CREATE INDEX ledger_entries_by_transfer ON ledger_entries (transfer_id);

-- Content: a set of files, whatever it is for; chunks are known by customer, so that nobody learns what others have

CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    manifest BLOB NOT NULL,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    file_count INTEGER NOT NULL
);

CREATE TABLE content_chunks (
    content_id INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (content_id, digest)
) WITHOUT ROWID;
CREATE INDEX content_chunks_by_digest ON content_chunks (digest);

CREATE TABLE customer_chunks (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    stored_at REAL NOT NULL,
    PRIMARY KEY (customer_id, digest)
) WITHOUT ROWID;
CREATE INDEX customer_chunks_by_digest ON customer_chunks (digest);

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('dataset', 'training_package')),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('uploading', 'ready', 'rejected')),
    created_at REAL NOT NULL,
    finalized_at REAL,
    deleted_at REAL,
    content_id INTEGER REFERENCES contents (id),
    file_name TEXT,
    reasons TEXT NOT NULL DEFAULT '[]',
    training TEXT
);
CREATE UNIQUE INDEX uploads_by_name ON uploads (customer_id, kind, name, version);
CREATE INDEX uploads_by_customer ON uploads (customer_id, kind, id);
CREATE INDEX uploads_by_content ON uploads (content_id);

-- Nodes

CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner_id INTEGER REFERENCES customers (id),
    tier TEXT NOT NULL CHECK (tier IN ('new', 'controlled', 'trusted')),
    credential_hash BLOB NOT NULL UNIQUE,
    enrolled_at REAL NOT NULL,
    last_seen_at REAL,
    revoked_at REAL,
    agent_version TEXT NOT NULL,
    protocol INTEGER NOT NULL,
    resources TEXT
);
CREATE INDEX nodes_by_owner ON nodes (owner_id, id);

CREATE TABLE enrollment_codes (
    id INTEGER PRIMARY KEY,
    code_hash BLOB NOT NULL UNIQUE,
    owner_id INTEGER REFERENCES customers (id),
    tier TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    used_at REAL
);

-- Jobs

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    dataset_id INTEGER NOT NULL REFERENCES uploads (id),
    package_id INTEGER NOT NULL REFERENCES uploads (id),
    required_vram_mb INTEGER NOT NULL,
    required_disk_mb INTEGER NOT NULL,
    max_runtime_seconds INTEGER NOT NULL,
    sensitivity TEXT NOT NULL,
    strategy TEXT NOT NULL,
    params TEXT NOT NULL,
    inputs TEXT NOT NULL DEFAULT '{}',
    start_checkpoint_artifact_id INTEGER,
    priority INTEGER NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    finished_at REAL,
    failure TEXT,
    event_number INTEGER NOT NULL DEFAULT 0,
    metric_number INTEGER NOT NULL DEFAULT 0,
    metrics TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX jobs_by_customer ON jobs (customer_id, id);
CREATE INDEX jobs_by_status ON jobs (customer_id, status, id);
CREATE INDEX jobs_by_created ON jobs (customer_id, created_at);

-- What a unit asks of a node, interned: units that ask the same share a row
CREATE TABLE classes (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    vram_mb INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL,
    disk_mb INTEGER NOT NULL,
    cpus INTEGER NOT NULL,
    cpu_ok INTEGER NOT NULL,
    python TEXT NOT NULL,
    sensitivity TEXT NOT NULL,
    UNIQUE (kind, vram_mb, memory_mb, disk_mb, cpus, cpu_ok, python, sensitivity)
);

CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    class_id INTEGER NOT NULL REFERENCES classes (id),
    role TEXT NOT NULL,
    number INTEGER NOT NULL,
    count INTEGER NOT NULL,
    round INTEGER NOT NULL,
    state TEXT NOT NULL,
    priority INTEGER NOT NULL,
    waiting_on INTEGER NOT NULL,
    spec TEXT NOT NULL,
    planned_seconds INTEGER NOT NULL,
    rate_class TEXT NOT NULL,
    rate_micro INTEGER NOT NULL,
    held_micro INTEGER NOT NULL,
    charged_micro INTEGER NOT NULL DEFAULT 0,
    released_micro INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    ready_at REAL,
    started_at REAL,
    finished_at REAL,
    accepted_attempt_id INTEGER,
    result_content_id INTEGER REFERENCES contents (id),
    progress REAL NOT NULL DEFAULT 0,
    log_number INTEGER NOT NULL DEFAULT 0,
    log_bytes INTEGER NOT NULL DEFAULT 0,
    metric_points INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX units_by_job ON units (job_id, id);
CREATE INDEX units_ready ON units (class_id, customer_id, priority, id) WHERE state = 'ready';

CREATE TABLE unit_needs (
    unit_id INTEGER NOT NULL REFERENCES units (id),
    needs_id INTEGER NOT NULL REFERENCES units (id),
    PRIMARY KEY (unit_id, needs_id)
) WITHOUT ROWID;
CREATE INDEX unit_needs_reversed ON unit_needs (needs_id);

-- `live` attempts have no outcome yet; `lease_expires_at` is NULL once the lease has ended
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    unit_id INTEGER NOT NULL REFERENCES units (id),
    node_id INTEGER NOT NULL REFERENCES nodes (id),
    number INTEGER NOT NULL,
    token TEXT NOT NULL,
    gpu_uuid TEXT,
    lease_expires_at REAL,
    created_at REAL NOT NULL,
    last_heard_at REAL NOT NULL,
    started_at REAL,
    exited_at REAL,
    finished_at REAL,
    accepted_seconds REAL NOT NULL DEFAULT 0,
    start_checkpoint_id INTEGER,
    last_step INTEGER,
    step_of INTEGER,
    log_through INTEGER NOT NULL DEFAULT 0,
    metric_through INTEGER NOT NULL DEFAULT 0,
    checkpoint_through INTEGER NOT NULL DEFAULT 0,
    result_content_id INTEGER REFERENCES contents (id),
    outcome TEXT,
    fault TEXT,
    code TEXT,
    reason TEXT,
    exit_code INTEGER,
    limit_value REAL,
    measured_value REAL,
    UNIQUE (unit_id, number)
);
CREATE INDEX attempts_live_by_node ON attempts (node_id) WHERE outcome IS NULL;
CREATE INDEX attempts_leased ON attempts (lease_expires_at) WHERE lease_expires_at IS NOT NULL;

CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES units (id),
    attempt_id INTEGER NOT NULL REFERENCES attempts (id),
    number INTEGER NOT NULL,
    step INTEGER,
    content_id INTEGER REFERENCES contents (id),
    accepted_seconds REAL NOT NULL,
    created_at REAL NOT NULL,
    UNIQUE (attempt_id, number)
);
CREATE INDEX checkpoints_by_unit ON checkpoints (unit_id, id);

CREATE TABLE log_lines (
    unit_id INTEGER NOT NULL REFERENCES units (id),
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    stream TEXT NOT NULL,
    time REAL NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (unit_id, number)
) WITHOUT ROWID;

CREATE TABLE metric_points (
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    number INTEGER NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES units (id),
    attempt INTEGER NOT NULL,
    step INTEGER,
    time REAL NOT NULL,
    "values" TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
) WITHOUT ROWID;
CREATE INDEX metric_points_by_unit ON metric_points (unit_id, number);

-- Logs have no content: they are read from log_lines
CREATE TABLE artifacts (
    id INTEGER PRIMARY KEY,
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

-- One stream a job and one a customer, each numbered from 1 without gaps
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    customer_number INTEGER,
    job_id INTEGER REFERENCES jobs (id),
    job_number INTEGER,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE UNIQUE INDEX events_by_job ON events (job_id, job_number) WHERE job_number IS NOT NULL;
CREATE UNIQUE INDEX events_by_customer ON events (customer_id, customer_number) WHERE customer_number IS NOT NULL;
