-- What each node told of its newest self-test, and how much of its line it measured today (a UTC day since 1970).
-- `line_rate` is in bytes a second, as much one way as the other.
CREATE TABLE node_self_tests (
    node_id INTEGER PRIMARY KEY REFERENCES nodes (id),
    finished_at REAL NOT NULL,
    passed INTEGER NOT NULL,
    checks TEXT NOT NULL,
    speed TEXT NOT NULL,
    line_rate REAL
);
CREATE TABLE node_line_tests (
    node_id INTEGER PRIMARY KEY REFERENCES nodes (id),
    day INTEGER NOT NULL,
    tests INTEGER NOT NULL
);

-- Who said last how far a node is trusted: its code (''), the operator, whom no rule contradicts, or the rule.
ALTER TABLE nodes ADD COLUMN tier_by TEXT NOT NULL DEFAULT '' CHECK (tier_by IN ('', 'operator', 'rule'));
CREATE INDEX nodes_to_judge ON nodes (tier) WHERE tier = 'new' OR tier_by = 'rule';
