"""Answers and commands of staff by real mail clients (neomutt, s-nail, swaks), through real servers."""
import os
import pathlib
import pty
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

# What of the notice may be in no mail to the customer.
INTERNAL = ("Account:", "Sender:", "Lines at the top", "rite above this line", "mailto:", "#take", "%23", "+", r.SAM)
WORDS = "Hello Ann,\n\nplease install 4.2.1; it mends the reset."
CLIENT_S = 300


def as_mbox(folder, raw):
    path = folder / "mbox"
    path.write_bytes(b"From support Mon Mar  2 09:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n\n")
    return path


def run(words, folder, **how):
    env = {**os.environ, "HOME": str(folder), "TERM": "xterm", "MAILRC": "/dev/null"}
    done = subprocess.run(words, cwd=folder, env=env, timeout=CLIENT_S, check=False, **how)
    assert done.returncode == 0, (words[0], done.returncode, done.stderr)


def on_screen(words, folder):
    """On a terminal of its own, whose output somebody takes."""
    screen, terminal = pty.openpty()
    shown = bytearray()

    def take():
        try:
            while chunk := os.read(screen, 4096):
                shown.extend(chunk)
        except OSError:     # the program has ended
            pass

    reader = threading.Thread(target=take, daemon=True)
    reader.start()
    try:
        run(words, folder, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        raise AssertionError(bytes(shown[-2000:])) from None
    finally:
        os.close(terminal)
        reader.join(CLIENT_S)
        os.close(screen)


def by_neomutt(rig, folder, raw):
    """Its editor puts the words above the quote; the keys are those of a person."""
    editor = folder / "editor"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n\\n" "{WORDS}" | cat - "$1" >"$1.new" && mv "$1.new" "$1"\n')
    editor.chmod(0o700)
    (folder / "muttrc").write_text(f"""
set smtp_url="smtp://{r.SAM.replace('@', '%40')}@localhost:{rig.postfix.submission}/" smtp_pass="{rig.users[r.SAM]}"
set ssl_starttls=yes ssl_force_tls=yes ssl_ca_certificates_file="{rig.authority.ca}" certificate_file="{rig.authority.ca}"
set from="{r.SAM}" realname="Sam" use_from=yes envelope_from=yes editor="{editor}"
set fast_reply=yes include=yes reply_to=yes abort_unmodified=no copy=no record="" sleep_time=0 quit=yes wait_key=no
set folder="{folder}" mbox_type=mbox mark_old=no confirmappend=no tmpdir="{folder}"
push "<first-entry><reply><send-message><quit>"
""")
    on_screen(["neomutt", "-n", "-F", "muttrc", "-f", str(as_mbox(folder, raw))], folder)


def by_s_nail(rig, folder, raw):
    """The original is quoted above the words, as is its habit."""
    user = r.SAM.replace("@", "%40")
    options = [f"mta=smtp://{user}:{rig.users[r.SAM]}@localhost:{rig.postfix.submission}", "smtp-use-starttls",
               "smtp-auth=login", f"tls-ca-file={rig.authority.ca}", "v15-compat=yes", f"from={r.SAM}", "quote",
               "reply-to-honour=yes", "sendwait"]
    run(["s-nail", "-:/", "-#", *(f"-S{o}" for o in options), "-f", str(as_mbox(folder, raw))], folder,
        input=f"reply 1\n{WORDS}\n~.\nexit\n".encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def by_swaks(rig, folder, raw, text=WORDS):
    notice = parse(raw)
    (folder / "body").write_text(text + "\n\n" + "".join(f"> {line}\n" for line in body(notice).splitlines()))
    run(["swaks", "--silent", "2", "--server", "localhost", "--port", str(rig.postfix.submission), "-tls",
         "--auth", "PLAIN", "--auth-user", r.SAM, "--auth-password", rig.users[r.SAM],
         "--from", r.SAM, "--to", str(notice["Reply-To"]), "--header", f"Subject: Re: {notice['Subject']}",
         "--add-header", f"In-Reply-To: {notice['Message-ID']}", "--body", "@body"], folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


CLIENTS = (("neomutt", by_neomutt), ("s-nail", by_s_nail), ("swaks", by_swaks))


def notice_of(rig, name):
    def find():
        for raw in rig.mailbox(r.SAM):
            if f"It fails with {name}" in str(parse(raw)["Subject"]) and "Re:" not in str(parse(raw)["Subject"]):
                return raw
        return None
    return wait_for(find, 40, f"the notice of the case for {name}")


def main():
    tap = Tap()
    with running() as (rig, _):
        for name, answer in CLIENTS:
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"It fails with {name}", "It does not work.\n\nSince Monday."))
            folder = rig.dir / name
            folder.mkdir()
            raw = notice_of(rig, name)
            with tap.point(f"an answer by {name} arrives, and nothing else"):
                answer(rig, folder, raw)
                got = rig.wait_mail(r.ANN, lambda m, n=name: f"It fails with {n}" in str(m["Subject"]) and "4.2.1" in body(m),
                                    what=f"the answer by {name}")
                text = body(got).replace("\r\n", "\n")
                same(text.startswith(WORDS), True, text)
                found = [i for i in INTERNAL if i in text]
                assert not found, (found, text)
    tap.done()


if __name__ == "__main__":
    main()
