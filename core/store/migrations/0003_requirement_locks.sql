-- What the requirements of a training package were resolved to at finalize; NULL where there are none, or no lock yet.
ALTER TABLE uploads ADD COLUMN lock TEXT;
