-- Cases that are opened are counted once for all that a transaction opens, not by each of them (tally.h).
DROP TRIGGER case_is_counted;
