-- Who forgets old ones looks at all, once an hour: no index by time, which each that is taken was written to (as with storms, 0055).
DROP INDEX budget_window;
