-- Whether a case's automatic mail may go to an address of its own (store/store_reach.h).  No row: as it was before this, it may.
CREATE TABLE reach (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	address TEXT NOT NULL,
	level INTEGER NOT NULL,
	PRIMARY KEY (case_number, address)
) STRICT, WITHOUT ROWID;
