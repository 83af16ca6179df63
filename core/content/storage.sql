-- name: used_bytes(customer_id)$
-- What all datasets and packages of a customer are made of, each chunk once, sent or still to be sent.
SELECT coalesce(sum(size_bytes), 0) FROM (
    SELECT c.digest, max(c.size_bytes) AS size_bytes
    FROM uploads u JOIN content_chunks c ON c.content_id = u.content_id
    WHERE u.customer_id = :customer_id AND u.deleted_at IS NULL
    GROUP BY c.digest
);

-- name: more_bytes(customer_id, sizes)$
-- Of a JSON object {digest: size}, what no dataset or package of the customer has in it yet.
SELECT coalesce(sum(s.value), 0) FROM json_each(:sizes) s
WHERE NOT EXISTS (SELECT 1 FROM content_chunks c JOIN uploads u ON u.content_id = c.content_id
    WHERE c.digest = s.key AND u.customer_id = :customer_id AND u.deleted_at IS NULL);

-- name: orphans_of_content(content_id)
-- Of what a content is made of, what no customer has.
SELECT digest FROM content_chunks c WHERE content_id = :content_id
    AND NOT EXISTS (SELECT 1 FROM customer_chunks k WHERE k.digest = c.digest);

-- name: let_go(content_id, customer_id)!
-- The customer no longer has the chunks of a content that no other content of theirs is made of.
DELETE FROM customer_chunks WHERE customer_id = :customer_id
    AND digest IN (SELECT digest FROM content_chunks WHERE content_id = :content_id)
    AND digest NOT IN (SELECT o.digest FROM content_chunks o JOIN contents c ON c.id = o.content_id
        WHERE o.content_id <> :content_id AND c.customer_id = :customer_id
            AND o.digest IN (SELECT digest FROM content_chunks WHERE content_id = :content_id));

-- name: forget_content_chunks(content_id)!
DELETE FROM content_chunks WHERE content_id = :content_id;

-- name: add_orphans*!
INSERT OR IGNORE INTO orphans (digest) VALUES (:digest);

-- name: orphans
SELECT digest FROM orphans;

-- name: forget_orphans*!
DELETE FROM orphans WHERE digest = :digest;

-- name: all_chunks
-- Every chunk that anybody has, with its size in bytes.
SELECT digest, max(size_bytes) AS size_bytes FROM customer_chunks GROUP BY digest;

-- name: forget_everybodys*!
DELETE FROM customer_chunks WHERE digest = :digest;

-- name: chunk_has_owner(digest)$
SELECT 1 FROM customer_chunks WHERE digest = :digest LIMIT 1;

-- name: chunks_after(customer_id, digest, limit)
-- The next chunks of all customers, and whether anything of theirs is made of each.
SELECT k.customer_id, k.digest, k.stored_at,
    EXISTS (SELECT 1 FROM content_chunks c JOIN contents o ON o.id = c.content_id
        WHERE c.digest = k.digest AND o.customer_id = k.customer_id) AS used
FROM customer_chunks k
WHERE (k.customer_id, k.digest) > (:customer_id, :digest)
ORDER BY k.customer_id, k.digest LIMIT :limit;

-- name: forget_chunk(customer_id, digest)!
DELETE FROM customer_chunks WHERE customer_id = :customer_id AND digest = :digest;
