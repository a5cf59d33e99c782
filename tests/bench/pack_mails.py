#!/usr/bin/env python3
"""The mails of tests/bench/drain in a file for bench_core: each behind its length.  usage: pack_mails.py MAILS > FILE"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.bench import drain_mails

for raw in drain_mails.mails(int(sys.argv[1])):
    sys.stdout.buffer.write(b"%d\n" % len(raw) + raw)
