-- What a unit weighs in its job's progress once its time was extended: the seconds it was planned for. NULL until then.
ALTER TABLE units ADD COLUMN weight_seconds INTEGER;
-- The first step that an attempt told, and when: its pace is measured from there.
ALTER TABLE attempts ADD COLUMN first_step INTEGER;
ALTER TABLE attempts ADD COLUMN first_step_at REAL;
-- How many units more a node asked for when it last told what is free; 0: it is busy, or not shared. NULL: not told yet.
ALTER TABLE nodes ADD COLUMN units_wanted INTEGER;
