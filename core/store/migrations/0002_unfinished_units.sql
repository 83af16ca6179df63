-- Whether anything of a job is left to do, without looking at all of its units.
CREATE INDEX units_unfinished ON units (job_id) WHERE state <> 'completed';
