-- name: stored()$
-- What an operator has set, as JSON; nothing while all is as it came.
SELECT value FROM service WHERE key = 'rates';

-- name: store(card)!
INSERT INTO service (key, value) VALUES ('rates', :card) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
