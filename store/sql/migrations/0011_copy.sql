-- Copies of one mail (gatewayd/README.md, invariant I2).  proof: what was proven of the sender, as bits: 1 a token, 2 our
-- server's word; of what was decided before this was kept, all.  said: what lists leave as it is; NULL: not known.
ALTER TABLE mail ADD COLUMN proof INTEGER NOT NULL DEFAULT 3;
ALTER TABLE mail ADD COLUMN said INTEGER;
CREATE INDEX mail_said ON mail (said)
	WHERE said IS NOT NULL AND state IN ('case', 'note', 'command', 'auto-filed');
