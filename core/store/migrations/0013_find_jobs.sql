-- A customer's jobs by what lists filter for, newest first, however many there are.
CREATE INDEX jobs_by_dataset ON jobs (customer_id, dataset_id, status, id);
CREATE INDEX jobs_of_customer_by_package ON jobs (customer_id, package_id, status, id);

-- By a part of name or id: a word for each three characters that follow each other, each with its customer, so that a
-- search costs what one's own jobs cost. Words are told in hex, since they may hold anything; core/jobs/find.py makes the
-- same of what is looked for.
CREATE VIRTUAL TABLE job_words USING fts5 (words, content = '', detail = none, columnsize = 0, tokenize = 'ascii');

CREATE VIEW jobs_in_words AS
SELECT id, (
    WITH RECURSIVE place (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM place WHERE i < max(length(name), length(public_id)) - 2)
    SELECT group_concat(customer_id || 'x' || hex(lower(substr(name, i, 3))) || ' '
        || customer_id || 'x' || hex(substr(public_id, i, 3)), ' ') FROM place
) AS words FROM jobs;

INSERT INTO job_words (rowid, words) SELECT id, words FROM jobs_in_words;

CREATE TRIGGER job_is_new AFTER INSERT ON jobs BEGIN
    INSERT INTO job_words (rowid, words) SELECT id, words FROM jobs_in_words WHERE id = new.id;
END;
CREATE TRIGGER job_goes BEFORE DELETE ON jobs BEGIN
    INSERT INTO job_words (job_words, rowid, words) SELECT 'delete', id, words FROM jobs_in_words WHERE id = old.id;
END;
CREATE TRIGGER job_loses_its_name BEFORE UPDATE OF name, public_id, customer_id ON jobs BEGIN
    INSERT INTO job_words (job_words, rowid, words) SELECT 'delete', id, words FROM jobs_in_words WHERE id = old.id;
END;
CREATE TRIGGER job_gets_a_name AFTER UPDATE OF name, public_id, customer_id ON jobs BEGIN
    INSERT INTO job_words (rowid, words) SELECT id, words FROM jobs_in_words WHERE id = new.id;
END;
