-- columns: account
a.id, a.name, a.package, a.reseller, a.parent, a.flags, a.entitled, a.contact_name, a.language,
a.team_phone, a.team_address, a.origin

-- columns: contact
c.address, c.name, c.account, c.company, c.language, c.person

-- name: account_put
INSERT INTO account (id, name, package, reseller, parent, flags, entitled, contact_name,
	language, team_phone, team_address, origin)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, package = excluded.package,
	reseller = excluded.reseller, parent = excluded.parent, flags = excluded.flags,
	entitled = excluded.entitled, contact_name = excluded.contact_name,
	language = excluded.language, team_phone = excluded.team_phone,
	team_address = excluded.team_address, origin = excluded.origin

-- name: account_get
SELECT {account} FROM account a WHERE a.id = ?1

-- name: account_any
SELECT EXISTS (SELECT 1 FROM account)

-- name: account_list
SELECT {account} FROM account a ORDER BY a.id

-- name: account_remove
DELETE FROM account WHERE id = ?1

-- name: account_by_contact
SELECT {account}, {contact} FROM contact c JOIN account a ON a.id = c.account
WHERE lower(c.address) = lower(?1)

-- name: account_by_domain
SELECT {account} FROM domain d JOIN account a ON a.id = d.account WHERE lower(d.domain) = lower(?1)

-- name: domain_put
INSERT INTO domain (domain, account) VALUES (?1, ?2)
ON CONFLICT (lower(domain)) DO UPDATE SET domain = excluded.domain, account = excluded.account

-- name: domain_list
SELECT domain FROM domain WHERE account = ?1 ORDER BY lower(domain)

-- name: domain_has
SELECT EXISTS (SELECT 1 FROM domain WHERE lower(domain) = lower(?1))

-- name: domain_sized
SELECT domain FROM domain INDEXED BY domain_length WHERE length(domain) BETWEEN ?1 AND ?2

-- name: contact_put
INSERT INTO contact (address, name, account, company, language, person)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (lower(address)) DO UPDATE SET address = excluded.address, name = excluded.name,
	account = excluded.account, company = excluded.company, language = excluded.language,
	person = excluded.person

-- name: contact_list
SELECT {contact} FROM contact c ORDER BY lower(c.address)

-- name: contact_list_account
SELECT {contact} FROM contact c WHERE c.account = ?1 ORDER BY lower(c.address)

-- columns: contract_update
ON CONFLICT (id) DO UPDATE SET account = excluded.account, kind = excluded.kind,
	severity = excluded.severity, clock = excluded.clock, target = excluded.target,
	from_at = excluded.from_at, until_at = excluded.until_at, source = excluded.source

-- name: contract_put [postgresql]
INSERT INTO contract (id, account, kind, severity, clock, target, from_at, until_at, source)
VALUES (coalesce(?1, nextval(pg_get_serial_sequence('contract', 'id'))), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
{contract_update}

-- name: contract_put
INSERT INTO contract (id, account, kind, severity, clock, target, from_at, until_at, source)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
{contract_update}

-- name: contract_list
SELECT id, account, kind, severity, clock, target, from_at, until_at, source
FROM contract WHERE account = ?1 ORDER BY id

-- name: account_strip_domains
DELETE FROM domain WHERE account = ?1

-- name: account_strip_contacts
DELETE FROM contact WHERE account = ?1

-- name: account_strip_contracts
DELETE FROM contract WHERE account = ?1
