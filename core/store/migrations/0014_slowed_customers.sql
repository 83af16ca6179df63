-- Seconds of customers' work by UTC day: what was charged, and what came to nothing by their own doing and was free.
CREATE TABLE running_days (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    day TEXT NOT NULL,
    charged_seconds REAL NOT NULL DEFAULT 0,
    free_seconds REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_id, day)
) WITHOUT ROWID;
-- 1 while more than a fifth of a customer's work of the last days was free: they are served later than others.
ALTER TABLE customers ADD COLUMN slowed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX customers_slowed ON customers (id) WHERE slowed = 1;
CREATE INDEX customers_suspended ON customers (id) WHERE suspended_at IS NOT NULL;
