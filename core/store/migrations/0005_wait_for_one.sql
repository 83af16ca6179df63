-- A blocked unit waits for one of those it needs at a time: not each completion has to look at all that need it.
ALTER TABLE units ADD COLUMN waits_for INTEGER;
UPDATE units SET waits_for = (SELECT n.needs_id FROM unit_needs n JOIN units u ON u.id = n.needs_id
    WHERE n.unit_id = units.id AND u.state <> 'completed' ORDER BY n.needs_id DESC LIMIT 1)
WHERE state = 'blocked';
ALTER TABLE units DROP COLUMN waiting_on;
CREATE INDEX units_waiting ON units (waits_for) WHERE waits_for IS NOT NULL;
