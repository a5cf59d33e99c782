-- A server that was restored, or a mailbox that moved to another one, gives UIDs again under the same
-- UIDVALIDITY: a place can have held several mails, which their size and INTERNALDATE tell apart.
DROP INDEX mail_location;
CREATE INDEX mail_location ON mail (mailbox, uidvalidity, uid) WHERE uid > 0;
