-- name: attempt^
SELECT * FROM attempts a WHERE a.id = :id;

-- name: attempt_by_public_id^
SELECT * FROM attempts a WHERE a.public_id = :public_id AND a.node_id = :node_id;

-- name: live_of_unit
SELECT * FROM attempts a WHERE a.unit_id = :unit_id AND a.outcome IS NULL ORDER BY a.id;

-- name: live_of_node
SELECT * FROM attempts a WHERE a.node_id = :node_id AND a.outcome IS NULL ORDER BY a.id;

-- name: expired
SELECT id FROM attempts WHERE lease_expires_at IS NOT NULL AND lease_expires_at <= :now ORDER BY id;

-- name: add_attempt<!
INSERT INTO attempts (public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
                      start_checkpoint_id)
VALUES (:public_id, :unit_id, :node_id, :number, :token, :gpu_uuid, :lease_expires_at, :now, :now,
        :start_checkpoint_id);

-- name: renew!
UPDATE attempts SET lease_expires_at = :lease_expires_at, last_heard_at = :now WHERE id = :id AND outcome IS NULL;

-- name: expire!
UPDATE attempts SET lease_expires_at = NULL WHERE id = :id;

-- name: postpone_all!
-- After a stop of the server: its own downtime is no node's fault.
UPDATE attempts SET lease_expires_at = lease_expires_at + :seconds WHERE lease_expires_at IS NOT NULL;

-- name: move_live!
-- After the machine's clock was set.
UPDATE attempts SET started_at = started_at + :seconds, exited_at = exited_at + :seconds,
    last_heard_at = last_heard_at + :seconds
WHERE outcome IS NULL;

-- name: started!
UPDATE attempts SET started_at = :now WHERE id = :id AND started_at IS NULL;

-- name: exited!
UPDATE attempts SET exited_at = :now, exit_code = :exit_code, accepted_seconds = max(accepted_seconds, :accepted_seconds)
WHERE id = :id AND exited_at IS NULL;

-- name: set_step!
UPDATE attempts SET last_step = max(coalesce(last_step, 0), :step), step_of = coalesce(:of, step_of) WHERE id = :id;

-- name: set_log_through!
UPDATE attempts SET log_through = :log_through WHERE id = :id;

-- name: set_metric_through!
UPDATE attempts SET metric_through = :metric_through WHERE id = :id;

-- name: set_checkpoint!
UPDATE attempts SET checkpoint_through = :checkpoint_through WHERE id = :id;

-- name: set_result!
UPDATE attempts SET result_content_id = :content_id WHERE id = :id;

-- name: end_attempt!
UPDATE attempts SET outcome = :outcome, finished_at = :now, lease_expires_at = NULL, fault = :fault, code = :code,
    reason = :reason, exit_code = coalesce(:exit_code, exit_code), limit_value = :limit_value,
    measured_value = :measured_value
WHERE id = :id AND outcome IS NULL;

-- name: failed_on_node$
-- Attempts of this unit that this node itself could not bring to an end.
SELECT count(*) FROM attempts WHERE unit_id = :unit_id AND node_id = :node_id
    AND (outcome IN ('lost', 'verification_failed', 'refused') OR (outcome = 'failed' AND fault = 'node'));

-- name: reasons
SELECT a.number, n.name, a.outcome, a.reason FROM attempts a JOIN nodes n ON n.id = a.node_id
WHERE a.unit_id = :unit_id ORDER BY a.number;

-- name: add_checkpoint<!
INSERT INTO checkpoints (unit_id, attempt_id, number, step, content_id, accepted_seconds, created_at)
VALUES (:unit_id, :attempt_id, :number, :step, :content_id, :accepted_seconds, :now);

-- name: stale_checkpoints
-- All but the newest two and those that a live attempt began with.
SELECT id, content_id FROM checkpoints
WHERE unit_id = :unit_id AND content_id IS NOT NULL
  AND id NOT IN (SELECT id FROM checkpoints WHERE unit_id = :unit_id ORDER BY id DESC LIMIT 2)
  AND id NOT IN (SELECT start_checkpoint_id FROM attempts
                 WHERE unit_id = :unit_id AND outcome IS NULL AND start_checkpoint_id IS NOT NULL);

-- name: empty_checkpoint!
-- The row stays: it tells whose work a result stands on.
UPDATE checkpoints SET content_id = NULL WHERE id = :id;

-- name: forget_content!
DELETE FROM contents WHERE id = :id;

-- name: newest_checkpoint^
-- The newest that loads: one that an attempt could not begin with for its bytes is passed over.
SELECT id, attempt_id, step, content_id FROM checkpoints WHERE unit_id = :unit_id AND content_id IS NOT NULL
  AND id NOT IN (SELECT start_checkpoint_id FROM attempts
                 WHERE unit_id = :unit_id AND start_checkpoint_id IS NOT NULL AND code = 'checkpoint')
ORDER BY id DESC LIMIT 1;

-- name: checkpoint^
SELECT id, attempt_id, step, content_id FROM checkpoints WHERE id = :id;

-- name: work_of_attempt^
-- An attempt, its node's owner, its seconds, the attempt whose checkpoint it went on from, and that one's seconds
-- up to the checkpoint: what it did after it is in no result.
SELECT a.id, a.accepted_seconds, a.gpu_uuid, n.owner_id, c.attempt_id AS before_id, c.accepted_seconds AS before_seconds
FROM attempts a JOIN nodes n ON n.id = a.node_id LEFT JOIN checkpoints c ON c.id = a.start_checkpoint_id
WHERE a.id = :id;
