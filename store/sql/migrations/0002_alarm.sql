-- The log of a case says which alarms were given.
DROP TABLE alarm;
