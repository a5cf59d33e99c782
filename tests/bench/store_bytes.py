#!/usr/bin/env python3
"""Where the bytes of a store are, each beside a byte of the mail in it.  usage: store_bytes.py STORE [TABLES]

A table with what its indexes take; what is in the table of contents by who names it (a content that two name counts for
the first).  TABLES: so many lines of tables, else all that take a hundredth of a byte.
"""
import sqlite3
import sys

TABLES = """SELECT s.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
    WHERE d.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC"""
NAMED_BY = """SELECT CASE WHEN id IN (SELECT content FROM mail) THEN 'mails' WHEN id IN (SELECT content FROM attachment)
    THEN 'attachments' ELSE 'outgoing' END, sum(length(bytes)), sum(size) FROM content GROUP BY 1 ORDER BY 1"""


def main():
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    most = int(sys.argv[2]) if len(sys.argv) > 2 else None
    mail = db.execute("SELECT sum(size) FROM mail").fetchone()[0]
    pages = db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    print(f"store {pages / mail:.2f} bytes a byte of mail ({pages:,} of {mail:,})")
    for name, n in db.execute(TABLES).fetchall()[:most]:
        if most or n >= mail / 100:
            print(f"  {name:20} {n / mail:.3f}")
        if name == "content":
            for who, stored, size in db.execute(NAMED_BY):
                print(f"    {who:18} {stored / mail:.3f} for {size / mail:.3f}")


if __name__ == "__main__":
    main()
