-- name: note_self_test!
INSERT INTO node_self_tests (node_id, finished_at, passed, checks, speed, line_rate)
VALUES (:node_id, :finished_at, :passed, :checks, :speed, :line_rate)
ON CONFLICT (node_id) DO UPDATE SET finished_at = excluded.finished_at, passed = excluded.passed,
    checks = excluded.checks, speed = excluded.speed, line_rate = excluded.line_rate;

-- name: median_line_rate$
-- The lower median of what nodes measured that were heard of lately.
WITH rates AS (
    SELECT t.line_rate AS rate FROM node_self_tests t JOIN nodes n ON n.id = t.node_id
    WHERE t.line_rate IS NOT NULL AND t.finished_at >= :measured_since
      AND n.revoked_at IS NULL AND n.last_seen_at >= :heard_since)
SELECT rate FROM rates ORDER BY rate LIMIT 1 OFFSET (SELECT max(0, (count(*) - 1) / 2) FROM rates);

-- name: count_line_test$
-- How many the node has made on this day, this one included.
INSERT INTO node_line_tests (node_id, day, tests) VALUES (:node_id, :day, 1)
ON CONFLICT (node_id) DO UPDATE SET day = excluded.day,
    tests = CASE WHEN day = excluded.day THEN tests + 1 ELSE 1 END
RETURNING tests;
