-- Of the requester as the case was opened it stands in the case.
-- name: reach_raise
INSERT INTO reach (case_number, address, level)
SELECT ?1, lower(?2), ?3
WHERE NOT EXISTS (SELECT 1 FROM cases
	WHERE number = ?1 AND requester_reach >= ?3 AND lower(requester_address) = lower(?2))
ON CONFLICT (case_number, address) DO UPDATE SET level = excluded.level WHERE excluded.level > reach.level

-- Before the case has another requester.
-- name: reach_leave
INSERT INTO reach (case_number, address, level)
SELECT number, lower(requester_address), requester_reach FROM cases
WHERE number = ?1 AND requester_address <> ?2 AND requester_reach > 0
ON CONFLICT (case_number, address) DO UPDATE SET level = excluded.level WHERE excluded.level > reach.level

-- name: reach_get
SELECT coalesce(max(level), 0) FROM (
	SELECT level FROM reach WHERE case_number = ?1 AND address = lower(?2)
	UNION ALL
	SELECT requester_reach FROM cases WHERE number = ?1 AND lower(requester_address) = lower(?2)) AS few
