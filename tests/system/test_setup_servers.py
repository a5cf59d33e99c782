"""What gatewayctl setup proposes as servers: by SRV records and common names, in a network and with a DNS server of its own."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.dns import LOOP, SRV, A, Dns, encode
from tests.rig.gatewayd import BUILD
from tests.rig.mounts import own_mounts
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.rig.terminal import Terminal

HERE, THERE = "10.99.0.1", "10.99.0.2"      # of the machine; the second one refuses what nobody listens to
D = "customer.example"
IMAPS, IMAP, SUBMISSIONS, SUBMISSION = (f"_{s}._tcp.{D}" for s in ("imaps", "imap", "submissions", "submission"))


def row(kind, data):
    return b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1\0\0\0\x3c" + len(data).to_bytes(2, "big") + data


# What it is, the records, the ports that listen at HERE, what is proposed for IMAP and for SMTP; None: nothing.
WORLDS = [
    ("SRV records, over TLS at once",
     {(IMAPS, SRV): [(0, 1993, f"a.{D}")], (SUBMISSIONS, SRV): [(0, 465, f"a.{D}")], (f"a.{D}", A): [HERE]},
     (1993, 465), f"a.{D}:1993", f"a.{D}:465"),
    ("SRV records, with STARTTLS",
     {(IMAP, SRV): [(0, 143, f"a.{D}")], (SUBMISSION, SRV): [(0, 1587, f"a.{D}")], (f"a.{D}", A): [HERE]},
     (143, 1587), f"a.{D}:143", f"a.{D}:1587 starttls"),
    ("TLS at once goes before STARTTLS, and both before common names",
     {(IMAP, SRV): [(0, 143, f"a.{D}")], (IMAPS, SRV): [(9, 993, f"b.{D}")], (f"a.{D}", A): [HERE], (f"b.{D}", A): [HERE],
      (f"imap.{D}", A): [HERE]},
     (143, 993), f"b.{D}:993", None),
    ("the lowest priority first, and the next one where it does not answer",
     {(IMAPS, SRV): [(30, 993, f"c.{D}"), (10, 993, f"a.{D}"), (20, 993, f"b.{D}")], (f"a.{D}", A): [THERE], (f"b.{D}", A): [HERE],
      (f"c.{D}", A): [HERE], (SUBMISSION, SRV): [(5, 587, f"b.{D}"), (1, 587, f"c.{D}")]},
     (993, 587), f"b.{D}:993", f"c.{D}:587"),
    ("seven records, of which the best are tried",
     {(IMAPS, SRV): [(n, 993, f"h{n}.{D}") for n in (7, 3, 5, 1, 6, 2, 4)], (f"h4.{D}", A): [HERE], (f"h5.{D}", A): [HERE]},
     (993,), f"h4.{D}:993", None),
    ("\".\": there is no such service, and the other one is",
     {(IMAPS, SRV): [(0, 0, ".")], (IMAP, SRV): [(0, 143, f"a.{D}")], (f"a.{D}", A): [HERE], (SUBMISSION, SRV): [(0, 0, ".")]},
     (143,), f"a.{D}:143", None),
    ("no SRV record: common names",
     {(f"mail.{D}", A): [HERE]}, (993, 587), f"mail.{D}:993", f"mail.{D}:587"),
    ("a common name that does not answer, and one that does",
     {(f"imap.{D}", A): [THERE], (f"mail.{D}", A): [HERE], (f"smtp.{D}", A): [HERE]}, (993, 587), f"mail.{D}:993", f"smtp.{D}:587"),
    ("SRV records of a server that is gone: common names",
     {(IMAPS, SRV): [(0, 993, f"gone.{D}")], (f"imap.{D}", A): [HERE]}, (993,), f"imap.{D}:993", None),
    ("nothing there", {}, (), None, None),
    ("names that are none, and an answer that is none",
     {(IMAPS, SRV): [(0, 993, encode("a;reboot." + D)), (1, 993, encode("\x1b[2J." + D)), (2, 0, f"a.{D}"), (3, 993, f"a.{D}")],
      (IMAP, SRV): b"\xff" * 40, (f"a.{D}", A): [HERE], (SUBMISSION, SRV): row(SRV, b"\0\1"),
      (SUBMISSIONS, SRV): row(SRV, b"\0\0\0\0\x01\xd1" + LOOP[:1] + b"\xff") + row(1, b"\x7f\0\0\1")},
     (993,), f"a.{D}:993", None),
    ("a record whose name points at itself, and one that goes on behind the end",
     {(IMAPS, SRV): row(SRV, b"\0\0\0\0\x03\xe1\xc0" + bytes([12 + len(encode(IMAPS)) + 4 + 12 + 6])),
      (IMAP, SRV): row(SRV, b"\0\0\0\0\0\x8f\x3f" + b"a" * 9)}, (), None, None),
]


def listen(ports):
    return [socket.create_server((HERE, port)) for port in ports]


def proposed(t, question):
    """What stands in brackets behind a question."""
    t.expect(question)
    wait_for(lambda: t.screen[t.seen:].endswith(": "), 30, "the question")
    rest = t.screen[t.seen:]
    return rest[rest.index("[") + 1:rest.index("]")] if "[" in rest else None


def check_world(folder, world):
    _, records, ports, imap, smtp = world
    dns.records = records
    open_ports = listen(ports)
    t = Terminal(BUILD / "gatewayctl", "-c", folder / "gatewayd.conf", "setup", "--answers", folder / "answers")
    try:
        same(proposed(t, "IMAP server: NAME, NAME:PORT or NAME:PORT starttls"), imap, "IMAP")
        t.type(imap or "x.example")
        same(proposed(t, "SMTP server: NAME, NAME:PORT or NAME:PORT starttls"), smtp, "SMTP")
    finally:
        t.interrupt()
        t.wait()
        for s in open_ports:
            s.close()


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-servers-") as name:
        folder = pathlib.Path(name)
        (folder / "answers").write_text(f"provider = own\ncompany = Example\naddresses = support@{D}\nkind = technical\n"
                                        f"user = support\npassword = secret\n")
        (folder / "resolv.conf").write_text(f"nameserver {HERE}\noptions timeout:10 attempts:2\n")
        (folder / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
        for file in ("resolv.conf", "nsswitch.conf"):
            subprocess.run(["mount", "--bind", folder / file, f"/etc/{file}"], check=True)
        for world in WORLDS:
            with tap.point(world[0]):
                check_world(folder, world)
        with tap.point("each service is asked for once, and by its whole name"):
            names = [n for n, kind in dns.asked if kind == SRV]
            same(set(names), {IMAPS, IMAP, SUBMISSIONS, SUBMISSION})
            same(len(names), 4 * len(WORLDS))
    tap.done()


if __name__ == "__main__":
    if not os.environ.get("OWN_NETWORK"):
        os.environ["OWN_NETWORK"] = "yes"
        os.execvp("unshare", own_mounts("--net", sys.executable, *sys.argv))
    for command in ("link set lo up", f"addr add {HERE}/32 dev lo", f"addr add {THERE}/32 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)
    dns = Dns(HERE, {})
    main()
