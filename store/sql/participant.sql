-- name: participant_add
INSERT INTO participant (case_number, address, name, origin) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (case_number, lower(address)) DO UPDATE SET name = excluded.name
WHERE excluded.name <> ''

-- At whichever of their addresses the contact is in it.
-- name: participant_remove
DELETE FROM participant WHERE case_number = ?1 AND (lower(address) = lower(?2) OR EXISTS
	(SELECT 1 FROM contact c JOIN contact o ON o.person = c.person
	WHERE lower(c.address) = lower(?2) AND c.person <> ''
		AND lower(o.address) = lower(participant.address)))

-- Whom staff let into one case they did not let into another.
-- name: participant_copy
INSERT INTO participant (case_number, address, name, origin)
SELECT ?2, address, name, origin FROM participant WHERE case_number = ?1 AND origin <> 'staff'
ON CONFLICT (case_number, lower(address)) DO NOTHING

-- name: participant_list
SELECT p.address, p.name, p.origin FROM participant p JOIN cases c ON c.number = p.case_number
WHERE p.case_number = ?1 AND lower(p.address) <> lower(c.requester_address) ORDER BY p.id

-- 2: the requester, 1: a participant, at this or at another address of the same contact.
-- name: participant_role
SELECT 2 FROM cases WHERE number = ?1 AND (lower(requester_address) = lower(?2) OR EXISTS
	(SELECT 1 FROM contact c JOIN contact o ON o.person = c.person
	WHERE lower(c.address) = lower(?2) AND c.person <> ''
		AND lower(o.address) = lower(cases.requester_address)))
UNION ALL
SELECT 1 FROM participant p WHERE case_number = ?1 AND (lower(p.address) = lower(?2) OR EXISTS
	(SELECT 1 FROM contact c JOIN contact o ON o.person = c.person
	WHERE lower(c.address) = lower(?2) AND c.person <> ''
		AND lower(o.address) = lower(p.address)))

-- name: thread_add
INSERT INTO thread (key, case_number) VALUES (?1, ?2) ON CONFLICT (key, case_number) DO NOTHING

-- name: thread_case
SELECT min(case_number) FROM thread WHERE key = ?1
