-- The columns of a whole attempt are those of `Attempt`, in its order.

-- name: attempt^
SELECT id, public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
       started_at, exited_at, accepted_seconds, start_checkpoint_id, last_step, log_through, metric_through,
       checkpoint_through, result_content_id, outcome
FROM attempts WHERE id = :id;

-- name: attempts
-- Those of a JSON list of ids.
SELECT id, public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
       started_at, exited_at, accepted_seconds, start_checkpoint_id, last_step, log_through, metric_through,
       checkpoint_through, result_content_id, outcome
FROM attempts WHERE id IN (SELECT value FROM json_each(:ids));

-- name: attempts_of_node
-- Those of a JSON list of public ids that this node has or had.
SELECT id, public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
       started_at, exited_at, accepted_seconds, start_checkpoint_id, last_step, log_through, metric_through,
       checkpoint_through, result_content_id, outcome
FROM attempts WHERE node_id = :node_id AND public_id IN (SELECT value FROM json_each(:public_ids));

-- name: live_of_unit
SELECT id, public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
       started_at, exited_at, accepted_seconds, start_checkpoint_id, last_step, log_through, metric_through,
       checkpoint_through, result_content_id, outcome
FROM attempts WHERE unit_id = :unit_id AND outcome IS NULL ORDER BY id;

-- name: live_of_node
SELECT id, public_id, unit_id, node_id, number, token, gpu_uuid, lease_expires_at, created_at, last_heard_at,
       started_at, exited_at, accepted_seconds, start_checkpoint_id, last_step, log_through, metric_through,
       checkpoint_through, result_content_id, outcome
FROM attempts WHERE node_id = :node_id AND outcome IS NULL ORDER BY id;

-- name: expired
SELECT id FROM attempts WHERE lease_expires_at IS NOT NULL AND lease_expires_at <= :now ORDER BY id;

-- name: expire!
UPDATE attempts SET lease_expires_at = NULL WHERE id = :id;

-- name: postpone_all!
-- After a stop of the server: its own downtime is no node's fault.
UPDATE attempts SET lease_expires_at = lease_expires_at + :seconds WHERE lease_expires_at IS NOT NULL;

-- name: move_live!
-- After the machine's clock was set.
UPDATE attempts SET started_at = started_at + :seconds, exited_at = exited_at + :seconds,
    last_heard_at = last_heard_at + :seconds, first_step_at = first_step_at + :seconds
WHERE outcome IS NULL;

-- name: set_step!
-- The first one is kept too: what came before it, such as loading data or steps before a checkpoint, tells no pace.
UPDATE attempts SET last_step = max(coalesce(last_step, 0), :step), step_of = coalesce(:of, step_of),
    first_step = coalesce(first_step, :step), first_step_at = coalesce(first_step_at, :now)
WHERE id = :id;

-- name: set_log_through!
UPDATE attempts SET log_through = :log_through WHERE id = :id;

-- name: set_metric_through!
UPDATE attempts SET metric_through = :metric_through WHERE id = :id;

-- name: set_checkpoint!
UPDATE attempts SET checkpoint_through = :checkpoint_through WHERE id = :id;

-- name: failed_on_node$
-- Attempts of this unit that this node itself could not bring to an end.
SELECT count(*) FROM attempts WHERE unit_id = :unit_id AND node_id = :node_id
    AND (outcome IN ('lost', 'verification_failed', 'refused') OR (outcome = 'failed' AND fault = 'node'));

-- name: reasons
SELECT a.number, n.name, a.outcome, a.reason FROM attempts a JOIN nodes n ON n.id = a.node_id
WHERE a.unit_id = :unit_id ORDER BY a.number;

-- name: reason_if_blocked$
SELECT reason FROM attempts WHERE id = :id AND code = 'package_blocked';

-- name: stale_checkpoints
-- All but the newest two and those that a live attempt began with.
SELECT id, content_id FROM checkpoints
WHERE unit_id = :unit_id AND content_id IS NOT NULL
  AND id NOT IN (SELECT id FROM checkpoints WHERE unit_id = :unit_id ORDER BY id DESC LIMIT 2)
  AND id NOT IN (SELECT start_checkpoint_id FROM attempts
                 WHERE unit_id = :unit_id AND outcome IS NULL AND start_checkpoint_id IS NOT NULL);

-- name: checkpoints_of_unit
-- Those whose bytes are there, and whether they are bytes of artifacts, too.
SELECT c.id, c.content_id, EXISTS (SELECT 1 FROM units u JOIN artifacts a ON a.job_id = u.job_id
    WHERE u.id = c.unit_id AND a.content_id = c.content_id) AS is_artifact
FROM checkpoints c WHERE c.unit_id = :unit_id AND c.content_id IS NOT NULL;

-- name: empty_checkpoint!
-- The row stays: it tells whose work a result stands on.
UPDATE checkpoints SET content_id = NULL WHERE id = :id;

-- name: newest_checkpoint^
-- The newest that loads: one that an attempt could not begin with for its bytes is passed over.
SELECT id, attempt_id, step, content_id FROM checkpoints WHERE unit_id = :unit_id AND content_id IS NOT NULL
  AND id NOT IN (SELECT start_checkpoint_id FROM attempts
                 WHERE unit_id = :unit_id AND start_checkpoint_id IS NOT NULL AND code = 'checkpoint')
ORDER BY id DESC LIMIT 1;

-- name: newest_checkpoints
-- The same of each of a JSON list of units that has one.
SELECT c.unit_id, max(c.id) AS id, c.content_id FROM checkpoints c
WHERE c.unit_id IN (SELECT value FROM json_each(:unit_ids)) AND c.content_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM attempts a
                  WHERE a.unit_id = c.unit_id AND a.start_checkpoint_id = c.id AND a.code = 'checkpoint')
GROUP BY c.unit_id;

-- name: checkpoint^
SELECT id, attempt_id, step, content_id FROM checkpoints WHERE id = :id;

-- name: work_before^
-- The attempt that made a checkpoint, its seconds up to it (what it did after it is in no result), and the checkpoint
-- that it went on from itself.
SELECT a.id, a.node_id, a.gpu_uuid, a.start_checkpoint_id, c.accepted_seconds
FROM checkpoints c JOIN attempts a ON a.id = c.attempt_id WHERE c.id = :checkpoint_id;

-- name: owner_of_node$
SELECT owner_id FROM nodes WHERE id = :node_id;
