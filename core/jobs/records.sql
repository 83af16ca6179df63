-- name: add_lines*!
INSERT INTO log_lines (unit_id, number, attempt, stream, time, text)
VALUES (:unit_id, :number, :attempt, :stream, :time, :text);

-- name: count_lines!
UPDATE units SET log_number = :log_number, log_bytes = :log_bytes WHERE id = :unit_id;

-- name: last_text$
SELECT text FROM log_lines WHERE unit_id = :unit_id AND attempt = :attempt ORDER BY number DESC LIMIT 1;

-- name: lines
SELECT number, attempt, stream, time, text FROM log_lines
WHERE unit_id = :unit_id AND number > :after AND (:attempt IS NULL OR attempt = :attempt)
ORDER BY number LIMIT :limit;

-- name: line_range
SELECT number, attempt, stream, time, text FROM log_lines
WHERE unit_id = (SELECT id FROM units WHERE public_id = :unit_id) AND number BETWEEN :first AND :last ORDER BY number;

-- name: written_lines
-- What the code itself wrote in one attempt: its log file.
SELECT text FROM log_lines WHERE unit_id = :unit_id AND attempt = :attempt AND stream <> 'platform' ORDER BY number;

-- name: next_points$
UPDATE jobs SET metric_number = metric_number + :count WHERE id = :job_id RETURNING metric_number;

-- name: add_points*!
INSERT INTO metric_points (job_id, number, unit_id, attempt, step, time, "values")
VALUES (:job_id, :number, :unit_id, :attempt, :step, :time, :values);

-- name: count_points!
UPDATE units SET metric_points = metric_points + :count WHERE id = :unit_id;

-- name: points
SELECT p.number, u.public_id AS unit_id, p.attempt, p.step, p.time, p."values" AS point_values
FROM metric_points p JOIN units u ON u.id = p.unit_id
WHERE p.job_id = :job_id AND p.number > :after ORDER BY p.number LIMIT :limit;

-- name: last_values$
SELECT metrics FROM jobs WHERE id = :job_id;

-- name: set_last_values!
UPDATE jobs SET metrics = :values WHERE id = :job_id;
