-- columns: audit
id, at, channel, who, action, case_number, detail

-- columns: audit_filter
(?1 = '' OR who = ?1 OR (channel = 'web' AND detail = ?1)) AND (?2 = '' OR action = ?2 OR substr(action, 1, length(?2) + 1) = ?2 || ' ')
	AND (?3 = 0 OR case_number = ?3) AND at >= ?4 AND at < ?5 AND id < ?7
ORDER BY id DESC LIMIT ?6

-- name: audit_add
INSERT INTO audit (at, channel, who, action, case_number, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: audit_list
SELECT {audit} FROM audit WHERE {audit_filter}

-- name: audit_list_case
SELECT {audit} FROM audit INDEXED BY audit_case WHERE case_number = ?3 AND {audit_filter}
