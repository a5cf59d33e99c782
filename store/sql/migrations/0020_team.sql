-- Who cares for an account: contact_name is their name.
ALTER TABLE account ADD COLUMN team_phone TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN team_address TEXT NOT NULL DEFAULT '';
