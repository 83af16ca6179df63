-- name: nodes_of_owner
-- A node that is NULL passes all.
SELECT id FROM nodes WHERE owner_id = :owner_id AND (:node_id IS NULL OR public_id = :node_id) ORDER BY id;

-- name: newest_of_node
-- Outcomes come as a JSON list; a device is a GPU's UUID or `cpu`; NULL passes all.
SELECT id FROM attempts WHERE node_id = :node_id AND id < :before
    AND (:outcomes IS NULL OR outcome IN (SELECT value FROM json_each(:outcomes)))
    AND (:device IS NULL OR coalesce(gpu_uuid, 'cpu') = :device)
ORDER BY id DESC LIMIT :limit;

-- name: attempts
-- Those of a JSON list of ids, newest first, with what an owner may see of their units.
SELECT a.id, a.public_id, n.public_id AS node_public_id, n.name AS node_name, a.gpu_uuid, a.created_at, a.started_at,
       a.finished_at, a.outcome, a.fault, a.code, a.accepted_seconds, a.checkpoint_through, a.result_content_id,
       a.energy_joules,
       u.public_id AS unit_public_id, u.customer_id, u.role, u.state, u.spec, u.planned_seconds, c.kind, c.sensitivity,
       coalesce(p.package_digest, '') AS package_digest,
       (SELECT size_bytes FROM contents WHERE id = d.content_id) AS data_bytes,
       (SELECT size_bytes FROM contents WHERE id = p.content_id) AS package_bytes,
       (SELECT sum(r.size_bytes) FROM unit_needs w JOIN units o ON o.id = w.needs_id
            JOIN contents r ON r.id = o.result_content_id WHERE w.unit_id = u.id) AS needs_bytes,
       (SELECT size_bytes FROM contents WHERE id = a.result_content_id) AS output_bytes,
       (SELECT sum(s.size_bytes) FROM checkpoints k JOIN contents s ON s.id = k.content_id
            WHERE k.attempt_id = a.id) AS checkpoint_bytes,
       (SELECT max(k.accepted_seconds) FROM checkpoints k WHERE k.attempt_id = a.id) AS checkpoint_seconds
FROM attempts a JOIN nodes n ON n.id = a.node_id JOIN units u ON u.id = a.unit_id JOIN classes c ON c.id = u.class_id
JOIN jobs j ON j.id = u.job_id JOIN uploads p ON p.id = j.package_id JOIN uploads d ON d.id = j.dataset_id
WHERE a.id IN (SELECT value FROM json_each(:ids)) ORDER BY a.id DESC;

-- name: earned
-- What each of a JSON list of attempts earned on balance: its entries of the ledger, whether they were taken back again,
-- and the seconds of the whole charge.
SELECT e.attempt_id, sum(e.amount_micro) AS amount_micro, sum(e.seconds) AS seconds, max(t.seconds) AS all_seconds,
       max(e.kind = 'reversal') AS taken_back
FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id
WHERE e.attempt_id IN (SELECT value FROM json_each(:ids)) AND e.earned_day IS NOT NULL
GROUP BY e.attempt_id;
