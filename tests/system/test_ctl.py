"""gatewayctl as people know such programs: help, typos, completions, terminals, tables for programs; without a daemon."""
import concurrent.futures
import csv
import fcntl
import grp
import io
import json
import os
import pathlib
import pty
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.gatewayd import BUILD, ROOT, libconfig
from tests.rig.process import PATIENCE
from tests.rig.tap import Tap, same

CTL = os.path.abspath(BUILD / "gatewayctl")
EX_OK, EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_CANTCREAT, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 0, 64, 65, 66, 69, 73, 75, 77, 78
# Controls, line ends of other alphabets, bidirectional, zero-width, soft hyphen, byte order mark, tags.
HIDDEN = ("\x07", "\x1b", "\x7f", "\x85", "\x9b", "\x9d", "\u2028", "\u2029", "\u200b", "\u200d", "\u202e", "\u2066", "\u061c",
          "\ufeff", "\xad", "\u2060", "\U000e0041")
WIDE = "日本語の件名" * 10


def hidden_in(text):
    return sorted({f"U+{ord(c):04X}" for c in text if c not in "\n\t" and
                   (unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") or c in HIDDEN)})


def cells(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Ctl:
    def __init__(self, folder):
        self.conf = folder / "gatewayd.conf"
        settings = {
            "hostname": "gateway.example.test", "company": "Example", "store": str(folder / "gatewayd.db"),
            "socket": str(folder / "control.sock"), "token_key_file": str(folder / "key"),
            "policy": str(ROOT / "conf/policy"), "templates": str(ROOT / "conf/templates"),
            "mailboxes": {"support": {"host": "localhost", "user": "u", "secret_file": str(folder / "key"), "processed": "P",
                                      "queue": "technical", "address": "support@example.test"}},
            "smtp": {"host": "localhost", "user": "u", "secret_file": str(folder / "key")},
            "queues": {"technical": {"kind": "technical", "calendar": "always", "notify": ["sam@example.test"]}},
            "kb_dir": str(folder / "answers"),
            "staff": {"sam": {"name": "Sam", "addresses": ["sam@example.test"]}},
        }
        (folder / "key").write_text("a5" * 32 + "\n")
        (folder / "key").chmod(0o600)
        (folder / "answers").mkdir()
        del settings["policy"], settings["templates"]
        for name in ("policy", "templates"):
            shutil.copytree(ROOT / "conf" / name, folder / name)
        self.conf.write_text("".join(f"{k} = {libconfig(v)};\n" for k, v in settings.items()))
        self.folder = folder

    def run(self, *args, stdin=b"", env=None):
        done = subprocess.run([CTL, "-c", str(self.conf), *map(str, args)], input=stdin, capture_output=True, timeout=60 * PATIENCE,
                              env={**os.environ, **(env or {})})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def good(self, *args, stdin=b""):
        status, out, err = self.run(*args, stdin=stdin)
        same(status, EX_OK, f"{args}: {err}")
        return out

    def json(self, *args, stdin=b""):
        return json.loads(self.good(*args, "--json", stdin=stdin))

    def tty(self, *args, columns=80, **env):
        """What it writes to a terminal of that width (standard output and error)."""
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update({"COLUMNS": str(columns), "TERM": "xterm", **env})
            os.execv(CTL, [CTL, "-c", str(self.conf), *map(str, args)])
        data = b""
        while True:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
        os.waitpid(pid, 0)
        os.close(fd)
        return data.decode().replace("\r\n", "\n")


def check_help(tap, ctl, verbs):
    with tap.point("help lists every verb and every exit status once"):
        out = ctl.good("help")
        for v in verbs:
            same(len(re.findall(rf"^  {v['name']} +{re.escape(v['summary'])}$", out, re.M)), 1, v["name"])
        assert re.search(r"^  64\t", out, re.M) and re.search(r"^  75\t", out, re.M), out
    with tap.point("help VERB and VERB --help show its usage"):
        for v in verbs:
            for args in (("help", *v["name"].split()), (*v["name"].split(), "--help")):
                assert ctl.good(*args).startswith(f"usage: gatewayctl {v['name']} {v['usage']}".rstrip()), args
    with tap.point("a noun alone shows its verbs"):
        for noun in sorted({v["name"].split()[0] for v in verbs if " " in v["name"]}):
            if any(v["name"] == noun for v in verbs):
                continue
            out = ctl.good(noun)
            for v in verbs:
                assert v["name"].split()[0] != noun or f"  {v['name']} " in out, (noun, v)
    with tap.point("--version"):
        assert ctl.good("--version").startswith("gatewayctl "), "version"
    for typo, meant in (("case lst", "case list"), ("stauts", "status"), ("cas show 3", "case show"), ("trcae 5", "trace"),
                        ("quarantine relase 1", "quarantine release"), ("outbx list", "outbox list"),
                        ("help case shwo", "case show")):
        with tap.point(f"a typo: {typo}"):
            status, out, err = ctl.run(*typo.split())
            same((status, out), (EX_USAGE, ""), err)
            assert f"did you mean \"{meant}\"" in err, err
    with tap.point("a verb that a noun does not have: those that it has"):
        status, _, err = ctl.run("case", "xyzzy")
        same(status, EX_USAGE)
        assert "list, search, show" in err, err


def mdoc(usage):
    """A usage in the macros of mdoc(7), for the verb's line in the manual."""
    out, group = [], False

    def word(text):
        parts = []
        for part in text.removesuffix("...").split("|"):
            parts += ["|"] if parts else []
            parts += [("Cm " if part.islower() else "Ar " if part != "-" else "Cm ") + (part.lower() if part != "-" else "-")]
        return " ".join(parts) + (" ..." if text.endswith("...") else "")
    for bracket, inner in re.findall(r"(\[)?((?:--[a-z-]+(?: (?![\[-])(?:(?!\|--)[^\s\]])+)?(?:\|(?=--))?)+|[^\s\[\]]+)\]?", usage):
        items = re.split(r"\|(?=--)", inner)
        text = " | ".join(" ".join(["Fl " + i.split()[0][1:], *map(word, i.split()[1:])]) if i.startswith("--") else word(i)
                          for i in items)
        out.append(f"Oo {text} Oc" if bracket else text)
    return " ".join(out)


def check_manual(tap, verbs):
    manual = (ROOT / "gatewayd/gatewayctl.8").read_text()
    have = re.findall(r"^\.It Cm (.*)$", manual.split(".Sh EXIT STATUS")[0], re.M)
    with tap.point("gatewayctl(8) has the verbs of the table, in its order, with their usages"):
        want = [f"{v['name']} {mdoc(v['usage'])}".rstrip() for v in verbs]
        same([line for line in have if line not in want], [line for line in want if line not in have])
        same(have, want)
    with tap.point("gatewayctl(8) has the table of exit statuses"):
        out = subprocess.run([CTL, "help"], capture_output=True, text=True, check=True).stdout
        for status, meaning in re.findall(r"^  (\d+)\t(.*)$", out, re.M):
            assert f".It {status}\n{meaning}" in manual.replace("\n.It Li ", "\n.It "), (status, meaning)


BASH = r"""
source "$1"; shift
COMP_WORDS=(gatewayctl "$@"); COMP_CWORD=$#
_gatewayctl; printf '%s\n' "${COMPREPLY[@]}"
"""


def complete(script, *words):
    out = subprocess.run(["bash", "-c", BASH, "bash", str(script), *words], capture_output=True, text=True, check=True)
    same(out.stderr, "", words)
    return [w for w in out.stdout.split("\n") if w]


def check_completion(tap, ctl, verbs):
    script = ctl.folder / "completion.bash"
    script.write_text(ctl.good("completion", "bash"))
    with tap.point("bash completes nouns, verbs, options and values, from the table"):
        same(sorted(complete(script, "")), sorted({v["name"].split()[0] for v in verbs}))
        for noun in {v["name"].split()[0] for v in verbs if " " in v["name"]} - {"help"}:
            want = {v["name"].split()[1] for v in verbs if v["name"].startswith(noun + " ")}
            assert want <= set(complete(script, noun, "")), noun
        for v in verbs:
            if v["name"] == "help":
                continue
            have = set(complete(script, *v["name"].split(), "--"))
            want = set(re.findall(r"--[a-z-]+", v["usage"])) | {"--json"} | ({"--csv", "--wide"} if v["rows"] else set())
            same(have, want, v["name"])
        same(complete(script, "case", "open", "--channel", ""), ["phone", "staff", "email"])
        same(complete(script, "case", "state", "12", "r"), ["resolved"])
        same(complete(script, "case", "st"), ["state"])
        same(complete(script, "-c", "x", "completion", ""), ["bash", "zsh"])
        (ctl.folder / "mail.eml").write_text("x")
        same(complete(script, "parse", str(ctl.folder / "mai")), [str(ctl.folder / "mail.eml")])
    with tap.point("zsh has the same words"):
        text = ctl.good("completion", "zsh")
        assert text.startswith("#compdef gatewayctl\n"), text[:40]
        for v in verbs:
            block = text[text.index(f"    '{v['name']}') _arguments"):].split(";;")[0]
            for option in re.findall(r"--[a-z-]+", v["usage"]):
                assert option in block, (v["name"], option)
            assert "--json" in block.split(), (v["name"], block)
            assert "\0" not in block and ("--wide" in block) == ("--csv" in block), (v["name"], block)
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n"], input=text, text=True, check=True)


def fill(ctl):
    """A case, mails with hostile headers, one encoded subject."""
    ctl.good("case", "open", "--queue", "technical", "--channel", "phone", "--from", "ann@customer.test", "--name",
             "Ann\x1b[2J\u202e", "--subject", "printer " + "".join(HIDDEN) + WIDE, "burning\x9b2J\u200b toner")
    for i, subject in enumerate(("plain", "=?utf-8?B?8J+YgCDYp9mE2YXZiNmC2Lkg2YTYpyDZiti52YXZhA==?=", "".join(HIDDEN),
                                 "=?utf-8?Q?=1B[31mred=C2=9B2J=E2=80=AE?=", "=HYPERLINK(1)",
                                 "=?utf-8?Q?" + "=C3=A4" * 20 + "?= =?utf-8?Q?" + "=C3=B6" * 40 + "?=")):
        mail = f"From: ann@customer.test\r\nMessage-ID: <{i}@c.test>\r\nSubject: {subject}\r\n\r\nx\r\n"
        ctl.good("ingest", "--mailbox", "support", stdin=mail.encode())


def check_safe(tap, ctl):
    reads = (("mail", "list"), ("mail", "show", 3), ("mail", "show", 4), ("trace", 3), ("case", "list"), ("case", "show", 1),
             ("sla", "list"), ("sla", "explain", 1), ("outbox", "list"), ("outbox", "show", 1), ("case", "search", "printer"),
             ("account", "show", "\x9b\u202e"), ("\x1b[2J",), ("case", "\u202e"), ("help", "\x9b"))
    for args in reads:
        with tap.point("nothing acts or hides in what is written: " + ascii(" ".join(map(str, args)))):
            for more in ((), ("--json",)):
                _, out, err = ctl.run(*args, *more)
                same((hidden_in(out), hidden_in(err)), ([], []), args)
    with tap.point("a terminal too: only the sequences of our colours"):
        out = ctl.tty("mail", "list") + ctl.tty("case", "show", 1) + ctl.tty("case", "list")
        assert "\x1b[1m" in out
        same(hidden_in(re.sub(r"\x1b\[(0|1|31|32|33)m", "", out)), [])
    with tap.point("a raw mail is bytes, and text on a terminal"):
        assert "\x1b" in ctl.run("mail", "raw", 3)[1]
        out = ctl.tty("mail", "raw", 3)
        assert "Subject: <U+0007><U+001B>" in out and "<U+000D>" not in out, out
        same(hidden_in(out), [])
    with tap.point("JSON says what was there"):
        assert ctl.json("case", "show", 1)["subject"].endswith(WIDE)
        assert "\u202e" in ctl.json("case", "show", 1)["requester"]["name"]
    with tap.point("subjects are decoded; one that was cut says so"):
        subjects = {m["id"]: m["subject"] for m in ctl.json("mail", "list")}
        same(subjects[2], "😀 الموقع لا يعمل")
        same(ctl.json("mail", "show", 2)["subject"], subjects[2])
        same(ctl.json("trace", 2)[0]["mail"]["subject"], subjects[2])
        assert "=?" not in subjects[6] and subjects[6].endswith("..."), subjects[6]
        assert subjects[2] in ctl.good("mail", "list") and subjects[2] in ctl.good("trace", 2)


def check_tables(tap, ctl):
    with tap.point("piped, nothing is cut and nothing coloured"):
        out = ctl.run("case", "list", env={"COLUMNS": "40"})[1]
        assert WIDE in out and "\x1b" not in out, out
    with tap.point("on a terminal a table has its width in cells; --wide has all"):
        for columns in (60, 61, 80, 133):
            lines = re.sub(r"\x1b\[\d+m", "", ctl.tty("case", "list", columns=columns)).splitlines()
            assert max(map(cells, lines)) in (columns - 1, columns), (columns, lines)
        assert WIDE in ctl.tty("case", "list", "--wide")
    with tap.point("at 80 and 132 no line of a table is wider, and no number, time or state is cut"):
        plain = {verb: ctl.json(*verb.split()) for verb in ("case list", "sla list", "outbox list", "mail list")}
        for columns in (80, 132):
            for verb, rows in plain.items():
                out = re.sub(r"\x1b\[\d+m", "", ctl.tty(*verb.split(), columns=columns))
                assert max(map(cells, out.splitlines())) <= columns, (columns, out)
                for row in rows:
                    for key in ("number", "id", "state"):
                        assert str(row.get(key, "")) in out, (verb, key, row, out)
            out = ctl.tty("sla", "list", columns=columns)
            assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}  [^~]+\n", out), out
    with tap.point("NO_COLOR and TERM=dumb"):
        assert "\x1b" not in ctl.tty("case", "list", NO_COLOR="1") + ctl.tty("case", "list", TERM="dumb")
    with tap.point("--csv is a table that no spreadsheet takes for a formula"):
        rows = list(csv.DictReader(io.StringIO(ctl.good("mail", "list", "--csv"))))
        same([r["id"] for r in rows], ["6", "5", "4", "3", "2", "1"])
        same(rows[1]["subject"], "'=HYPERLINK(1)")
        same(ctl.run("mail", "show", "1", "--csv")[0], EX_USAGE)
    with tap.point("--since, by a time, a date or how long ago"):
        for since, n in (("1h", 6), ("90min", 6), ("7d", 6), ("2000-01-01", 6), ("2999-01-01", 0), ("2999-01-01T00:00:00Z", 0)):
            same(len(ctl.json("mail", "list", "--since", since)), n, since)
            same(len(ctl.json("case", "list", "--since", since)), min(n, 1), since)
            assert bool(ctl.json("outbox", "list", "--since", since)) == bool(n), since
        same(ctl.run("mail", "list", "--since", "yesterday")[0], EX_USAGE)
    with tap.point("case search: any of the words, in notes, subject or requester, best first"):
        for words, n in ((("toner",), 1), (("TONER", "printer"), 1), (("toner", "nowhere"), 1), (("ann@customer",), 1),
                         (("nowhere",), 0), (("%",), 0), (("--", "--json"), 0)):
            out = json.loads(ctl.good("case", "search", "--json", *words))
            same(len(out), n, words)


def check_json(tap, ctl, verbs):
    ctl.good("account", "import", "-", stdin=b'[{"id": "acme", "contacts": [{"address": "a@acme.test"}]}]')
    arguments = {
        "clock accept": (), "mail show": (1,), "mail raw": (1,), "mail retry": (1,), "quarantine release": (1,), "trace": (1,), "parse": ("-",),
        "simulate": ("-",), "case show": (1,), "case search": ("x",), "case note": (1, "x"), "case call": (1, "x"),
        "case reply": (1, "--as", "sam", "x"), "case assign": (1, "sam"), "case severity": (1, 2, "worse"), "case queue": (1, "technical"),
        "case state": (1, "open"), "case account": (1, "acme"), "case merge": (2, 1, "--other-account"), "case link": (1, 2), "case unmerge": (2,), "case split": (1, 1), "sla explain": (1,),
        "case open": ("--queue", "technical", "--channel", "phone", "--subject", "two"), "outbox show": (1,),
        "sla due": ("--queue", "technical", "--severity", 2, "--opened", "2026-01-05T10:00:00Z"), "outbox retry": (1,),
        "outbox cancel": (1,), "account import": ("-", "--dry-run"), "account show": ("acme",), "account remove": ("acme",),
        "contact optout": ("a@acme.test",), "property live": ("acme", "www"), "property changed": ("acme", "www"),
        "property import": ("-",), "recommend import": ("-",), "kb search": ("x",), "completion": ("bash",), "import": ("mbox",),
        "backup": (ctl.folder / "copy.db",),
        "template show": ("confirmation",), "suppressed remove": ("a@acme.test",), "login": ("support",),
        "person erase": ("a@acme.test", "--yes"), "person export": ("a@acme.test", "exported"),
    }
    stdin = {"account import": b'[{"id": "acme"}]', "property import": b'[{"account": "acme", "property": "p", "event": "live"}]',
             "recommend import": b'[{"account": "acme", "property": "p", "title": "t", "link": "https://e.test/"}]'}
    mail = b"From: ann@customer.test\nSubject: x\xc2\x85\n\ntext\n"
    (ctl.folder / "mbox").write_bytes(b"From ann Mon Jan  5 10:00:00 2026\n" + mail)
    # What needs more than this store is refused here, and taken there.
    elsewhere = {"clock accept": "scenarios/json.txt", "attachment get": "scenarios/json.txt", "outbox edit": "scenarios/json.txt", "quarantine drop": "scenarios/json.txt",
                 "quarantine release": "scenarios/json.txt", "suppressed remove": "scenarios/json.txt", "restore": "system/test_ctl.py",
                 "login": "system/test_oauth.py", "setup": "system/test_setup.py", "node status": "system/test_nodes.py",
                 "node drain": "system/test_nodes.py", "node resume": "system/test_nodes.py", "store copy": "system/test_store_copy.py"}
    for name, file in elsewhere.items():
        quoted = '", "'.join(name.split())
        words = f"CTL {name} .*--json$" if file.endswith(".txt") else rf'json\("{quoted}"|"--json"'
        assert re.search(words, (ROOT / "tests" / file).read_text(), re.M), (name, file)
    order = ["case open"] + [v["name"] for v in verbs if v["name"] not in ("case open", "account remove")] + ["account remove"]
    os.chdir(ctl.folder)
    for name in order:
        with tap.point(f"--json: {name}"):
            args = [*name.split(), *arguments.get(name, (1,) if name in elsewhere else ())]
            status, out, err = ctl.run(*args, "--json", stdin=stdin.get(name, mail))
            if name in elsewhere:
                assert status != EX_OK and err, (status, out, err)
            else:
                same(status, EX_UNAVAILABLE if name in ("status", "doctor") else EX_OK, err)     # no daemon runs, nor a server
                json.loads(out)
                same(hidden_in(out), [])


def check_names(tap, ctl):
    refused = [
        ("case open --queue technical --channel phone --subject s --from nope", "no mail address"),
        ("case open --queue tecnical --channel phone --subject s", "did you mean"),
        ("case open --queue technical --channel phone --subject s --owner nobody", "nobody"),
        ("case open --queue technical --channel phone --subject s --account nope", "nope"),
        ("case open --queue technical --channel phone --subject=", "--subject is empty"),
        ("case open --queue technical --channel fax --subject s", "phone, staff or email"),
        ("case list --queue nope", "nope"), ("case list --owner nope", "nope"), ("case list --account nope", "nope"),
        ("case list --requester nope", "no mail address"), ("case queue 1 nope", "nope"), ("case assign 1 nope", "nope"),
        ("case account 1 nope", "nope"), ("contact optout nobody@nowhere.test", "--anyway"), ("contact optout nope", "address"),
        ("contact list nope", "nope"), ("recommend list nope", "nope"), ("property live nope www", "nope"),
        ("mail list --state nope", "quarantined"), ("outbox list --state nope", "queued"), ("severity nope", "nope"),
        ("case list --limit 0", "--limit"), ("case list --open --closed", "not both"), ("mail show nope", "nope"),
    ]
    for line, words in refused:
        with tap.point(f"refused: {line}"):
            status, out, err = ctl.run(*line.split())
            assert status in (EX_USAGE, EX_DATAERR) and not out and words in err, (status, out, err)
    with tap.point("an address that no account has may opt out when it shall"):
        ctl.good("contact", "optout", "nobody@nowhere.test", "--anyway")


def check_without_store(tap, ctl):
    for args in (("package", "list"), ("severity",), ("staff", "list"), ("help",), ("completion", "bash"),
                 ("sla", "due", "--queue", "technical", "--severity", "2", "--opened", "2026-01-05T10:00:00Z")):
        with tap.point(f"without a store: {' '.join(args[:2])}"):
            assert ctl.good(*args)
            assert not (ctl.folder / "gatewayd.db").exists()


def check_no_store(tap, ctl):
    before = sorted(p.name for p in ctl.folder.iterdir())
    for line in ("check", "check --rebuild", "check --limit 5", "backup copy.db", "status", "case list", "retention --dry-run", "retention",
                 "simulate -", "person export a@b.test never", "person erase a@b.test --dry-run", "compact", "kb index", "mail list"):
        with tap.point(f"no store is there: {line}"):
            status, out, err = ctl.run(*(str(ctl.folder / w) if w in ("copy.db", "never") else w for w in line.split()),
                                       stdin=b"From: a@b.test\n\nx\n")
            assert status in (EX_DATAERR, EX_UNAVAILABLE) and not out and "the daemon makes it at its first start" in err, (status, out, err)
            same(sorted(p.name for p in ctl.folder.iterdir()), before)


def check_newcomer(tap, ctl):
    with tap.point("an export of somebody unknown is refused, and leaves no folder"):
        status, out, err = ctl.run("person", "export", "nobody@nowhere.test", ctl.folder / "nobody")
        same((status, out, err), (EX_DATAERR, "", "gatewayctl: nothing is known of nobody@nowhere.test\n"))
        same(list(ctl.folder.glob("nobody*")), [])
    with tap.point("a second export says what to do"):
        ctl.good("person", "export", "ann@customer.test", ctl.folder / "ann")
        status, _, err = ctl.run("person", "export", "ann@customer.test", ctl.folder / "ann")
        assert status == EX_DATAERR and "remove it, or name another folder" in err, (status, err)
    with tap.point("a file whose name is no UTF-8 is written, and is no name in JSON"):
        for args, key in ((("backup",), "file"), (("person", "export", "ann@customer.test"), "folder")):
            path = os.fsdecode(os.fsencode(ctl.folder) + b"/\xff-" + key.encode())
            same(ctl.json(*args, path)[key], None)
            assert os.path.exists(path), path
    for line in ("case list -c FILE", "status -c FILE", "case show 1 -c FILE"):
        with tap.point(f"-c comes before the verb: {line}"):
            done = subprocess.run([CTL, *line.replace("FILE", str(ctl.conf)).split()], capture_output=True, text=True)
            same((done.returncode, done.stdout), (EX_USAGE, ""))
            assert "-c comes before the verb: gatewayctl -c FILE" in done.stderr, done.stderr
    for line, want, words in (("status x", EX_USAGE, "gatewayctl: usage: status\n"), ("case list --limit 0", EX_USAGE, "from 1 on"),
                              ("case list --owner nobody", EX_USAGE, "there is no staff member \"nobody\""),
                              ("restore nofile", EX_NOINPUT, "nofile: No such file"), ("report --from yesterday", EX_USAGE, "7d")):
        with tap.point(f"what is wrong, and what would do: {line}"):
            status, out, err = ctl.run(*line.split())
            assert (status, out) == (want, "") and words in err, (status, out, err)
    with tap.point("report takes how long ago"):
        ctl.good("report", "--from", "7d", "--to", "1h")
    with tap.point("gatewayd --help and --version"):
        for option, starts in (("--help", "usage: gatewayd "), ("--version", "gatewayd ")):
            done = subprocess.run([BUILD / "gatewayd", option], capture_output=True, text=True)
            assert done.returncode == EX_OK and done.stdout.startswith(starts) and not done.stderr, (option, done)


def check_cells(tap, ctl, verbs):
    """What JSON has as an object is words in a table; a number that stands for nothing is left out."""
    lists = {"case search": ("toner",), "kb search": ("x",), "severity": ()}
    for v in verbs:
        if not v["rows"] or not (v["name"] in lists or v["name"].endswith(" list")):
            continue
        with tap.point(f"a column has what JSON has: {v['name']}"):
            args = (*v["name"].split(), *lists.get(v["name"], ()))
            table = list(csv.DictReader(io.StringIO(ctl.good(*args, "--csv"))))
            rows = ctl.json(*args)
            same(len(table), len(rows))
            same([(key, row[key]) for cells, row in zip(table, rows) for key in cells if isinstance(row.get(key), dict) and not cells[key]], [])
    with tap.point("case search tells whose the case is"):
        assert "Ann" in ctl.good("case", "search", "toner") and "<ann@customer.test>" in ctl.good("case", "search", "toner", "--csv")
    for args in (("mail", "show", 1), ("trace", 1), ("outbox", "show", 1)):
        with tap.point("a number that stands for nothing is left out: " + " ".join(map(str, args))):
            same([line for line in ctl.good(*args).splitlines() if re.fullmatch(r"(case|note|reply) +0", line)], [])
    with tap.point("in a list, too; not for programs"):
        line = ctl.good("mail", "list").splitlines()[1]
        assert re.search(r"support  kept +ann@", line), line
        same(next(csv.DictReader(io.StringIO(ctl.good("mail", "list", "--csv"))))["case"], "0")
        same(ctl.json("mail", "show", 1)["case"], 0)


def check_missing_case(tap, ctl):
    for line in ("case show 9999", "case note 9999 x", "case call 9999 x", "case reply 9999 --as sam x", "case assign 9999 sam",
                 "case severity 9999 2", "case queue 9999 technical", "case state 9999 open", "case account 9999 -", "case merge 1 9999",
                 "case merge 9999 1", "case unmerge 9999", "case split 9999 1", "case link 1 9999", "case link 9999 1", "sla explain 9999",
                 "mail list --case 9999", "outbox list --case 9999", "quarantine list --case 9999", "template show confirmation --case 9999"):
        with tap.point(f"a case that is not there: {line}"):
            status, out, err = ctl.run(*line.split())
            same((status, out), (EX_DATAERR, ""), err)
            assert "no case 9999" in err, err


def check_refused(tap, ctl):
    for line, want, words in (
            ("case list --queue nope", EX_USAGE, "there is no queue \"nope\"; known: technical"),
            ("case queue 1 nope", EX_USAGE, "there is no queue \"nope\"; known: technical"),
            ("case queue 1 tecnical", EX_USAGE, "did you mean \"technical\"?"),
            ("sla due --queue nope --severity 2 --opened 2026-01-05T10:00:00Z", EX_USAGE, "\"nope\"; known: technical"),
            ("case assign 1 tes", EX_USAGE, "there is no staff member \"tes\"; known: sam"),
            ("case assign 1 samm", EX_USAGE, "did you mean \"sam\"?"),
            ("case list --owner tes", EX_USAGE, "there is no staff member \"tes\"; known: sam"),
            ("case reply 1 --as tes x", EX_USAGE, "there is no staff member \"tes\"; known: sam"),
            ("case severity 1 9", EX_USAGE, "\"9\" is no severity of technical: 1 to 3"),
            ("case severity 1 x", EX_USAGE, "\"x\" is no severity of technical: 1 to 3"),
            ("case open --queue technical --channel phone --subject s --severity 9", EX_USAGE, "--severity 9 is not on the scale of technical: 1 to 3"),
            ("severity nope", EX_USAGE, "there is no kind of case \"nope\"; known: "),
            ("template show confirmaton", EX_USAGE, "did you mean \"confirmation\"?"),
            ("template show x", EX_USAGE, "there is no mail template \"x\"; gatewayctl template list lists them"),
            ("attachment get x", EX_USAGE, "\"x\" is no number of an attachment"),
            ("outbox show x", EX_USAGE, "\"x\" is no number of a row"),
            ("backup /nofolder/x", EX_CANTCREAT, "/nofolder/x: No such file or directory"),
            ("person export ann@customer.test /nofolder/x", EX_CANTCREAT, "/nofolder/x: No such file or directory"),
            ("report --html /nofolder/x", EX_CANTCREAT, "/nofolder/x: No such file or directory"),
            ("template show confirmation --html /nofolder/x", EX_CANTCREAT, "/nofolder/x: No such file or directory")):
        with tap.point(f"what is wrong, and what may be written: {line}"):
            status, out, err = ctl.run(*line.split())
            assert (status, out) == (want, "") and words in err, (status, out, err)
    for line in ("ingest", "ingest --mailbox support", "ingest --history", "simulate -"):
        with tap.point(f"nothing is no mail: {line}"):
            before = len(ctl.json("mail", "list"))
            for nothing in (b"", b"\n", b" \r\n\t\n"):
                status, out, err = ctl.run(*line.split(), stdin=nothing)
                assert (status, out) == (EX_DATAERR, "") and "the mail is empty" in err, (status, out, err)
            same(len(ctl.json("mail", "list")), before)
    with tap.point("one notation for the line of a file"):
        (ctl.folder / "acc.json").write_text('[\n {"id": "a"},\n {"id": }\n]\n')
        (ctl.folder / "acc.csv").write_text('id,name\n"a,b\n')
        for name, line in (("acc.json", 3), ("acc.csv", 2)):
            _, _, err = ctl.run("account", "import", ctl.folder / name)
            assert f"{name}:{line}: " in err, err
        for verb in ("property", "recommend"):
            _, _, err = ctl.run(verb, "import", ctl.folder / "acc.json")
            assert "acc.json:3: " in err, err


def check_progress(tap, ctl):
    mails = b"".join(b"From a Mon Jan  5 10:00:00 2026\nFrom: a@b.test\nSubject: %d\n\nx\n\n" % i for i in range(300))
    (ctl.folder / "many").write_bytes(mails)
    with tap.point("import and check show how far they are, on a terminal only"):
        out = ctl.tty("import", ctl.folder / "many")
        assert re.search(r"\r\d+ of 300 mails", out) and "mails: 300 new" in out, out
        assert "of 300" not in "".join(map(str, ctl.run("import", ctl.folder / "many")))
        out = ctl.tty("check")
        assert re.search(r"\r\d+ of \d+ cases", out) and "all is well" in out, out
        same(ctl.run("check")[1:], ("all is well\n", ""))
    with tap.point("so do a rebuild and a restore; --json of restore"):
        out = ctl.tty("check", "--rebuild")
        assert re.search(r"\r\d+ of \d+ cases", out), out
        ctl.good("backup", ctl.folder / "third.db")
        out = ctl.tty("restore", ctl.folder / "third.db")
        assert re.search(r"\r\d+ of \d+ bytes", out), out
        status, out, err = ctl.run("restore", ctl.folder / "third.db", "--json")
        same((status, err, json.loads(out)["store"]), (EX_OK, "", str(ctl.folder / "gatewayd.db")))


def check_trail(tap, ctl):
    with tap.point("the audit has who restored a file whose name is no UTF-8"):
        path = os.fsdecode(os.fsencode(ctl.folder) + b"/\xff")
        ctl.good("backup", path)
        status, _, err = ctl.run("restore", path)
        same((status, err), (EX_OK, ""))
        last = ctl.json("audit")[0]
        same((last["action"], last["detail"]), ("restore", f"{ctl.folder}/\N{REPLACEMENT CHARACTER}"))


def check_starting(tap, ctl):
    """The daemon is this process: it has the lock, and listens nowhere."""
    note = ctl.folder / "control.sock.note"
    ways = (("nothing is noted", lambda: None, ": its log says why"),
            ("it migrates", lambda: note.write_text("it migrates the store: 0045_words, 1 of 4"),
             " yet: it migrates the store: 0045_words, 1 of 4"))
    with open(ctl.folder / "control.sock.lock", "w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        for name, put, said in ways:
            with tap.point(f"a daemon that does not listen yet: {name}"):
                put()
                status, out, err = ctl.run("status")
                same((status, out), (EX_TEMPFAIL, ""), err)
                same(err, f"gatewayctl: the daemon (process {os.getpid()}) runs, but its core does not listen at "
                          f"{ctl.folder}/control.sock{said}\n")
            note.unlink(missing_ok=True)


def check_outside(tap, ctl):
    """A socket that this user may not write to; root needs another user for that."""
    path = ctl.folder / "control.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        ctl.folder.chmod(0o711)
        for name in ("gatewayd.conf", "policy", "templates"):
            subprocess.run(["chmod", "-R", "a+rX", ctl.folder / name], check=True)
        for mode, said in ((0o600, ""), (0o660, f", which is {grp.getgrgid(path.stat().st_gid).gr_name}")):
            with tap.point(f"who may not ask is told who may: a socket of mode {mode:04o}"):
                path.chmod(mode)
                done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", CTL, "-c",
                                       str(ctl.conf), "status"], capture_output=True, text=True)
                same((done.returncode, done.stdout, done.stderr),
                     (EX_NOPERM, "", f"gatewayctl: {path}: Permission denied; do it as root, or as a member of control_group{said}\n"))
    path.unlink()
    with tap.point("no configuration: what makes one"):
        done = subprocess.run([CTL, "-c", str(ctl.folder / "none.conf"), "status"], capture_output=True, text=True)
        same(done.returncode, EX_CONFIG)
        assert "none.conf: cannot be read: No such file or directory\n" in done.stderr and "gatewayctl setup" in done.stderr, done.stderr


def check_long_words(tap, ctl):
    """Of a core that hangs up when it has read what it is asked."""
    def hang_up(server):
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                peer.recv(1)

    most = 240 * 1024
    with socket.socket(socket.AF_UNIX) as server, concurrent.futures.ThreadPoolExecutor() as pool:
        server.bind(str(ctl.folder / "control.sock"))
        server.listen()
        done = pool.submit(hang_up, server)
        for more, want, words in ((-1, EX_TEMPFAIL, "did not answer"), (0, EX_TEMPFAIL, "did not answer"), (1, EX_USAGE, "240 KiB")):
            with tap.point(f"{more:+d} bytes beside the most that words may have"):
                status, out, err = ctl.run("case", "search", "x" * 120000, "x" * (most + more - len("casesearch") - 120000))
                assert (status, out) == (want, "") and words in err, (status, out, err[-300:])
        server.shutdown(socket.SHUT_RDWR)
        done.result(10 * PATIENCE)
    (ctl.folder / "control.sock").unlink()


def main():
    tap = Tap()
    verbs = json.loads(subprocess.run([CTL, "help", "--json"], capture_output=True, check=True).stdout)
    with tempfile.TemporaryDirectory(prefix="gatewayctl-") as folder:
        ctl = Ctl(pathlib.Path(folder))
        check_help(tap, ctl, verbs)
        check_manual(tap, verbs)
        check_completion(tap, ctl, verbs)
        check_without_store(tap, ctl)
        check_no_store(tap, ctl)
        fill(ctl)
        check_newcomer(tap, ctl)
        check_safe(tap, ctl)
        check_tables(tap, ctl)
        check_cells(tap, ctl, verbs)
        check_missing_case(tap, ctl)
        check_refused(tap, ctl)
        check_json(tap, ctl, verbs)
        check_names(tap, ctl)
        check_progress(tap, ctl)
        check_trail(tap, ctl)
        check_starting(tap, ctl)
        check_outside(tap, ctl)
        check_long_words(tap, ctl)
        os.chdir("/")
    tap.done()


if __name__ == "__main__":
    main()
