"""Instructions that core and the parser take for a fixed set of mails, beside those in tests/bench/instructions.tsv.

More than TOLERANCE over them fails.  After a change that is worth it, or that takes fewer:
python3 tests/system/test_instructions.py --write
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.rig.gatewayd import BUILD
from tests.rig.process import SANITIZED, SKIPPED
from tests.rig.tap import Tap

MAILS, TOLERANCE = 40, 0.03
KNOWN = ROOT / "tests/bench/instructions.tsv"
# What differs between processors is left out; valgrind itself hides the instructions for SHA-256.
FIXED = ":".join(["glibc.cpu.hwcaps=" + ",".join("-" + f for f in (
    "AVX512F", "AVX512VL", "AVX512BW", "AVX2", "AVX", "AVX_Fast_Unaligned_Load", "ERMS", "FSRM", "SSSE3", "Fast_Unaligned_Copy", "RTM")),
    "glibc.cpu.x86_non_temporal_threshold=0x400000", "glibc.cpu.x86_rep_movsb_threshold=0x400000",
    "glibc.cpu.x86_rep_stosb_threshold=0x400000"])
# A kind of work, and the functions that do it with all that they call.
PARTS = {"keep": ["mail_keep"], "parse": ["parser_parse"], "decide": ["mail_gather", "decide_mail"], "compose": ["compose"],
         "apply": ["mail_apply"], "index": ["case_index_turn"], "deliver": ["delivery_turn", "delivery_sent"]}


def run(folder):
    packed = subprocess.run([ROOT / "tests/bench/pack_mails.py", str(MAILS)], stdout=subprocess.PIPE, check=True).stdout
    (folder / "mails").write_bytes(packed)
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={folder}/out",
                    BUILD / "tests/bench/bench_core", ROOT / "tests/bench/bench.conf", folder / "store.db", folder / "mails"],
                   env=dict(os.environ, GLIBC_TUNABLES=FIXED), stdout=subprocess.DEVNULL, check=True)
    return subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", folder / "out"], stdout=subprocess.PIPE,
                          text=True, check=True).stdout


def counted(text):
    """{part: thousands of instructions a mail}"""
    each = {m[2]: int(m[1].replace(",", "")) for m in re.finditer(r"^ *([0-9,]+) \([^)]*\)  \S+?:(\w+) \[.*bench_core\]", text, re.M)}
    return {part: round(sum(each[f] for f in functions) / MAILS / 1000) for part, functions in PARTS.items()}


def known():
    return {part: int(n) for part, n in (line.split("\t") for line in KNOWN.read_text().splitlines() if not line.startswith("#"))}


def main():
    if SANITIZED:
        print("# skipped: what sanitizers cost is not what is counted", flush=True)
        sys.exit(SKIPPED)
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        found = counted(run(pathlib.Path(folder)))
    if sys.argv[1:] == ["--write"]:
        KNOWN.write_text("# Thousands of instructions a mail (tests/system/test_instructions.py).\n"
                         + "".join(f"{part}\t{n}\n" for part, n in found.items()))
        return
    for part, most in known().items():
        with tap.point(f"{part}: at most {TOLERANCE:.0%} over {most} thousand instructions a mail"):
            assert found[part] <= most * (1 + TOLERANCE), f"{found[part]} thousand; if that is meant: {__file__} --write"
            if found[part] < most * (1 - TOLERANCE):
                print(f"# only {found[part]}: --write would keep it so")
    tap.done()


if __name__ == "__main__":
    main()
