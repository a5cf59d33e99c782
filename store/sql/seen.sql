-- name: seen_get
SELECT seen, kept FROM seen WHERE mailbox = ?1

-- name: seen_add
INSERT INTO seen (mailbox, seen, kept) VALUES (?1, ?2, ?3)
ON CONFLICT (mailbox) DO UPDATE SET seen = seen.seen + excluded.seen,
	kept = seen.kept + excluded.kept
