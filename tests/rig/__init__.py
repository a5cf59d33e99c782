"""Real servers for tests: a private Dovecot and a private Postfix on loopback, and gatewayd on top."""
