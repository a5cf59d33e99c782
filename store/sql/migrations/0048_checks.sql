-- For IN with more than two values SQLite makes a table each time that a row is written (store/README.md).  What may stand in the
-- columns is the same, and no row is touched.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '(state IN (''new'', ''open'', ''waiting'', ''resolved'', ''closed''))',
	'(state = ''new'' OR state = ''open'' OR state = ''waiting'' OR state = ''resolved''
		OR state = ''closed'')')
WHERE type = 'table' AND name = 'cases';
UPDATE sqlite_schema SET sql = replace(sql, '(state IN (''kept'', ''case'', ''note'', ''command'',
		''auto-filed'', ''duplicate'', ''quarantined'', ''dropped''))',
	'(state = ''kept'' OR state = ''case'' OR state = ''note'' OR state = ''command''
		OR state = ''auto-filed'' OR state = ''duplicate'' OR state = ''quarantined''
		OR state = ''dropped'')')
WHERE type = 'table' AND name = 'mail';
UPDATE sqlite_schema SET sql = replace(sql, '(kind IN (''inbound'', ''outbound'', ''internal'', ''system''))',
	'(kind = ''inbound'' OR kind = ''outbound'' OR kind = ''internal'' OR kind = ''system'')')
WHERE type = 'table' AND name = 'note';
UPDATE sqlite_schema SET sql = replace(sql, '(state IN (''queued'', ''sending'', ''sent'', ''failed'', ''cancelled'',
		''suppressed'', ''unknown'', ''bounced''))',
	'(state = ''queued'' OR state = ''sending'' OR state = ''sent'' OR state = ''failed''
		OR state = ''cancelled'' OR state = ''suppressed'' OR state = ''unknown''
		OR state = ''bounced'')')
WHERE type = 'table' AND name = 'outbox';
PRAGMA writable_schema = RESET;
