-- How a self-service customer came to be one; it was a flag among the others.
ALTER TABLE account ADD COLUMN origin TEXT NOT NULL DEFAULT '';
UPDATE account SET origin = CASE
	WHEN instr(' ' || lower(flags) || ' ', ' self-selected ') THEN 'self-selected'
	WHEN instr(' ' || lower(flags) || ' ', ' pre-sales ') THEN 'pre-sales'
	WHEN instr(' ' || lower(flags) || ' ', ' account-team ') THEN 'account-team'
	ELSE '' END;
