-- What an attempt's GPU used for it, in joules, as its node tells; NULL where it does not.
ALTER TABLE attempts ADD COLUMN energy_joules REAL;
