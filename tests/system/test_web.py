"""The web role: pages for staff who are signed in, and nothing for anybody else, whatever they try."""
import contextlib
import datetime
import email
import email.policy
import http.client
import json
import pathlib
import re
import resource
import socket
import subprocess
import sys
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import PATIENCE, free_port, open_files, wait_for
from tests.rig.tap import Tap, same
from tests.rig.web_attacks import ATTACKS

HOSTILE = '<script>alert(1)</script> "quoted" \'single\' & {{me}} \u202etxt.exe'
HIDDEN = ("/", "/cases", "/case/1", "/search?q=printer", "/deadlines", "/file/1")
PAGE = 50           # cases
ANSWER_S = 120      # on a busy machine
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, path, body=None, fields=None, host=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        c.putrequest(method, path, skip_host=True)
        c.putheader("Host", host or f"127.0.0.1:{self.port}")
        if self.cookies:
            c.putheader("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        for name, value in (fields or {}).items():
            c.putheader(name, value)
        if body is not None:
            c.putheader("Content-Length", str(len(body)))
        c.endheaders(body.encode() if body is not None else None)
        answer = c.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        c.close()
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body="", fields=None):
        return self.ask("POST", path, body, {**FORM, **(fields or {})})


def reached(browser, path):
    """Whether that page is there, of a role that may not listen yet."""
    try:
        return browser.get(path).status == 200
    except ConnectionError:
        return False


def raw(port, data, wait=5):
    """The first line of what the server says to these bytes; "" when it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as s:
        s.sendall(data)
        try:
            return s.recv(200).split(b"\r\n")[0].decode("latin-1")
        except (TimeoutError, ConnectionError):
            return ""


def link_in(raw_mail):
    text = email.message_from_bytes(raw_mail, policy=email.policy.default).get_body(("plain",)).get_content()
    found = re.search(r"/sign-in/[0-9a-f]{64}", text)
    return found and found[0]


def links(rig, address):
    return [link for link in (link_in(raw) for raw in rig.mailbox(address)) if link]


def ask_link(browser, address):
    browser.get("/sign-in")
    return browser.post("/sign-in", f"address={address.replace('@', '%40')}")


def mailed_link(rig, browser, address):
    """The link that is mailed when that browser asks for one; every earlier one must have arrived."""
    before = links(rig, address)
    same(ask_link(browser, address).status, 200)
    wait_for(lambda: len(links(rig, address)) > len(before), 30, "the link by mail")
    [link] = [link for link in links(rig, address) if link not in before]
    return link


def sign_in(rig, port, address=r.SAM):
    browser = Browser(port)
    link = mailed_link(rig, browser, address)
    same(browser.post(link).status, 303)
    return browser, link


def tried(port, attack, known):
    """The status of the answer ("" when it hangs up) and all of it."""
    data = attack.data
    for name, value in known.items():
        data = data.replace(f"{{{name}}}".encode(), value.encode())
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S) as s:
        with contextlib.suppress(OSError):      # it may hang up before it has read all
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while len(answer) < 1 << 20 and (more := s.recv(65536)):
                answer += more
    status = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(status[1]) if status else "", answer


def attacks(tap, port, known):
    """Each of the table; by kind, so that a failure names its row and the others are tried."""
    for kind in dict.fromkeys(a.kind for a in ATTACKS):
        rows = [a for a in ATTACKS if a.kind == kind]
        with tap.point(f"{kind}: {len(rows)} attacks, and each time the next client is served"):
            wrong = []
            for attack in rows:
                status, answer = tried(port, attack, known)
                if status not in attack.right or (attack.never and attack.never in answer):
                    wrong.append((attack.what, status, answer[:200]))
                same(Browser(port).get("/healthz").status, 200, attack.what)
            same(wrong, [])
    print(f"# {len(ATTACKS)} attacks", flush=True)


def closed(tap, port):
    stranger = Browser(port)
    with tap.point("a stranger is sent to the sign-in from every page, and learns nothing"):
        for path in HIDDEN:
            answer = stranger.get(path)
            same((path, answer.status, answer.headers["Location"]), (path, 303, "/sign-in"))
            same("printer" in answer.text, False)


def silent(tap, port):
    get = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    n = min(10000, most - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tap.point(f"{n} silent connections leave the pages there within their time"):
        held = []
        for _ in range(n):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", port))
            held.append(s)
        wait_for(lambda: "200" in raw(port, get + b"\r\n", wait=15), 60, "an answer among the silent ones")
        for s in held:
            s.close()
        wait_for(lambda: "200" in raw(port, get + b"\r\n", wait=15), 60, "an answer after them")


def mailed(daemon):
    """To whom links were made: core does what it was asked for in its order."""
    return [row["recipient"] for row in daemon.json("outbox", "list") if row["kind"] == "sign_in"]


def links_and_sessions(tap, rig, port, daemon):
    with tap.point("who is no staff gets the same page and no mail"):
        pages = {ask_link(Browser(port), address).text for address in (r.EVE, "sam@elsewhere.test", r.SAM)}
        same((len(pages), mailed(daemon)), (1, [r.SAM]))
        wait_for(lambda: len(links(rig, r.SAM)) == 1, 30, "his link, which is another browser's")
    browser, link = sign_in(rig, port)
    with tap.point("the link signs in once, in the browser that asked for it"):
        same((browser.get("/").status, browser.post(link).status), (200, 403))
    with tap.point("in another browser it is refused, and still good in the first"):
        first, other = Browser(port), Browser(port)
        other.get("/sign-in")
        link = mailed_link(rig, first, r.TESS)
        same((other.post(link).status, first.get(link).status, first.post(link).status), (403, 200, 303))
    with tap.point("a session is worth nothing in a browser of another name"):
        thief = Browser(port)
        thief.cookies = {**browser.cookies, "gatewayd_browser": "0" * 32}
        same(thief.get("/cases").status, 303)
    with tap.point("cookies are for the server alone and not sent from other sites"):
        fresh = Browser(port).get("/sign-in")
        same([w in fresh.headers["Set-Cookie"] for w in ("HttpOnly", "SameSite=Lax", "Path=/")], [True] * 3)
    with tap.point("after signing out the cookie is worth nothing"):
        leaving, _ = sign_in(rig, port)
        kept = dict(leaving.cookies)
        same(leaving.post("/sign-out").status, 303)
        leaving.cookies = kept
        same(leaving.get("/cases").status, 303)
    with tap.point("the audit has who signed in and out, by browser"):
        rows = daemon.json("audit", "--who", r.SAM)
        same([row["action"] for row in rows], ["sign-out", "sign-in"] + ["sign-in"] * (len(rows) - 2))
        assert rows[0]["channel"] == "web" and rows[0]["detail"] == rows[1]["detail"] != rows[2]["detail"], rows
        same([row["id"] for row in daemon.json("audit", "--who", rows[0]["detail"])], [row["id"] for row in rows[:2]])
    with tap.point("links are limited: of more than three at a time nobody is mailed"):
        before = len(mailed(daemon))
        for _ in range(8):
            ask_link(Browser(port), r.TESS)
        # The link that she used above is under way no more.
        same((len(mailed(daemon)) - before, daemon.log_text().count("event=web.too-many-links")), (3, 5))
    unused = wait_for(lambda: [one for one in links(rig, r.TESS) if one != link], 30, "a link that nobody uses")
    return browser, {"host": f"127.0.0.1:{port}", "used": link, "own": unused[0], "far": "/sign-in/" + "f" * 64,
                     "session": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}


def pages(tap, rig, daemon, browser):
    with tap.point("overview, cases, one case, search and deadlines show what mail brought, escaped"):
        for path in ("/", "/cases", "/cases?queue=technical&state=all", "/case/1", "/deadlines"):
            answer = browser.get(path)
            same((path, answer.status, "<script>" in answer.text), (path, 200, False))
            same((path, "\u202e" in answer.text), (path, False))
            same((path, "&lt;script&gt;" in answer.text), (path, True))
        same("printer is dead" in browser.get("/case/1").text, True)
        same("{{me}}" in browser.get("/case/1").text, True)    # of the mail, not filled in
    with tap.point("a file comes as a download whatever it says it is, under its own name"):
        case = browser.get("/case/1").text
        file = browser.get(re.search(r'href="(/file/\d+)"', case)[1])
        same((file.status, file.headers["Content-Type"], file.headers["X-Content-Type-Options"]),
             (200, "application/octet-stream", "nosniff"))
        same(file.headers["Content-Disposition"], "attachment; filename*=UTF-8''evil%22.html")
    with tap.point("every answer forbids scripts, frames and being kept"):
        for path in ("/", "/style.css", "/metrics", "/nothing"):
            fields = browser.get(path).headers
            same("default-src 'none'" in fields["Content-Security-Policy"] and "frame-ancestors 'none'" in
                 fields["Content-Security-Policy"] and fields["Cache-Control"] == "no-store", True)
    with tap.point("browsers are let name the Origin of a form, and \"null\" is refused"):
        same(browser.get("/").headers["Referrer-Policy"], "same-origin")
        same([browser.post("/sign-out", fields={"Origin": origin}).status for origin in ("null", "http://elsewhere.test")], [403] * 2)


def opened(daemon, queue, subject, *more):
    daemon.ctl("case", "open", "--queue", queue, "--channel", "phone", "--from", r.LENA, "--subject", subject, *more, "It is wrong.")


def of_one_queue(tap, rig, port, daemon, browser):
    """Paul works on branch only: what Sam sees in technical is nothing to him, as it is nothing to his mailed commands."""
    paul, _ = sign_in(rig, port, r.PAUL)
    file = re.search(r'href="(/file/\d+)"', browser.get("/case/1").text)[1]
    with tap.point("who has queues sees no case of another: on no page, in no search, no file of it"):
        for path in ("/", "/cases", "/cases?queue=technical&state=all", "/search?q=printer", "/deadlines"):
            answer = paul.get(path)
            same((path, answer.status, "The printer" in answer.text, "technical" in answer.text), (path, 200, False, False))
        same([paul.get(path).status for path in ("/case/1", file)], [404, 404])
    with tap.point("but all cases of theirs, also where many others stand before them"):
        for _ in range(PAGE + 2):
            opened(daemon, "branch", "A trial")
        for _ in range(PAGE + 2):
            opened(daemon, "technical", "A printer", "--severity", "2")
        first = paul.get("/cases")
        older = paul.get(re.search(r'href="(/cases\?[^"]*before=\d+[^"]*)"', first.text)[1].replace("&amp;", "&"))
        same([page.text.count("A trial") for page in (first, older)], [PAGE, 2])
        same([(path, "A trial" in paul.get(path).text) for path in ("/deadlines", "/search?q=trial", "/")],
             [("/deadlines", True), ("/search?q=trial", True), ("/", True)])
    with tap.point("each reads times in their own zone, or that of the queue"):
        case = daemon.case_of("A trial")
        opened_at = datetime.datetime.fromisoformat(case["opened_at"].replace("Z", "+00:00"))
        for reader, zone in ((paul, "Asia/Tokyo"), (browser, "Europe/Berlin")):
            text = reader.get(f"/case/{case['number']}").text
            told = f"{opened_at.astimezone(zoneinfo.ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"
            same((zone, f"<dd>{told}</dd>" in text, f"Times are those of {zone}." in text), (zone, True, True))
    with tap.point("and one of another queue that is their own"):
        opened(daemon, "technical", "A scanner", "--owner", "paul")
        number = daemon.case_of("A scanner")["number"]
        same([paul.get(path).status for path in (f"/case/{number}", "/case/1")], [200, 404])
        same(["A scanner" in paul.get(path).text for path in ("/", "/cases")], [True, True])


MONITORING = pathlib.Path(__file__).resolve().parents[2] / "systemd/monitoring"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


def promtool(*words, text=None):
    """Exit status and words of promtool."""
    done = subprocess.run(["promtool", *words], input=text, capture_output=True, text=True, timeout=60 * PATIENCE, cwd=MONITORING)
    return done.returncode, done.stdout + done.stderr


def seconds(instant):
    return datetime.datetime.fromisoformat(instant).timestamp()


def value(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return found and float(found[1])


def metrics(tap, port, daemon):
    stranger = Browser(port)
    with tap.point("promtool finds nothing to say of /metrics; OpenMetrics is told to who asks for it"):
        plain, open_text = stranger.get("/metrics"), stranger.get("/metrics", fields=OPENMETRICS)
        same(promtool("check", "metrics", text=plain.text), (0, ""))
        same(plain.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        same(open_text.headers["Content-Type"], "application/openmetrics-text; version=1.0.0; charset=utf-8")
        same((open_text.text.endswith("# EOF\n"), "# TYPE gatewayd_mails_decided counter" in open_text.text), (True, True))
    with tap.point("the figures are those of the store and of the daemon"):
        counts = wait_for(lambda: (s := daemon.json("status")) and not s["wrong"] and not s["outbox_queued"] and not s["outbox_sending"] and s,
                          60, "all to be well and sent")
        want = {'gatewayd_mailbox_up{mailbox="support"}': 1, "gatewayd_cases": counts["cases"],
                'gatewayd_mails_decided_total{result="case"}': 1, 'gatewayd_role_running{role="web"}': 1,
                'gatewayd_queue_open{queue="technical"}': counts["cases_open"], "gatewayd_wrong": 0,
                'gatewayd_outbox{state="queued"}': counts["outbox_queued"], "gatewayd_first_response_seconds_count": 0}
        text = stranger.get("/metrics").text
        same({name: value(text, name) for name in want}, want)
        # Each family that the figures of an operator come from, by what it is about.
        families = {"up": "mailbox_up", "last success": "mailbox_last_look_timestamp_seconds", "waiting": "mailbox_waiting",
                    "oldest undecided": "mails_undecided_oldest_timestamp_seconds", "decisions": "mails_decided_total",
                    "parse failures": "parse_deaths_total", "outbox": "outbox", "its age": "outbox_oldest_timestamp_seconds",
                    "SMTP": "mails_sent_total", "at risk": "deadlines_at_risk", "breached": "deadlines_breached",
                    "first response": "first_response_seconds", "budgets": "automatic_suppressed_total",
                    "restarts": "role_starts_total", "memory": "role_resident_bytes", "store": "store_bytes",
                    "commits": "store_commit_seconds_total"}
        same([about for about, name in families.items() if f"# TYPE gatewayd_{name} " not in text], [])
        same(value(text, 'gatewayd_role_resident_bytes{role="poller"}') > 1e6, True)
        same(value(text, 'gatewayd_mails_sent_total{result="sent"}') >= 3, True)
    with tap.point("a first answer is counted with the time that it took"):
        daemon.ctl("case", "reply", "1", "--as", "sam", "We look at it.")
        text, case = stranger.get("/metrics").text, daemon.case(1)
        took = seconds(next(n["at"] for n in case["notes"] if n["kind"] == "outbound")) - seconds(case["opened_at"])
        buckets = re.findall(r'^gatewayd_first_response_seconds_bucket\{le="([0-9.]+)"\} (\d+)$', text, re.M)
        assert len(buckets) > 3, text
        same((value(text, "gatewayd_first_response_seconds_count"), [int(n) for _, n in buckets]),
             (1, [int(took <= float(most)) for most, _ in buckets]), took)
    with tap.point("the alert rules are good, and each fires and rests as its test says"):
        same(promtool("check", "rules", "alerts.yml")[0], 0)
        same(promtool("test", "rules", "alerts_test.yml")[0], 0)
        rules, tested = ((MONITORING / name).read_text() for name in ("alerts.yml", "alerts_test.yml"))
        same([a for a in re.findall(r"- alert: (\w+)", rules) if f"alertname: {a}" not in tested], [])
    with tap.point("rules and dashboard name no metric that there is not"):
        dashboard = (MONITORING / "grafana.json").read_text()
        json.loads(dashboard)
        there = set(re.findall(r"^# TYPE (\w+)", stranger.get("/metrics").text, re.M))
        there |= {f"{n}_{end}" for n in there for end in ("bucket", "sum", "count")}
        same(set(re.findall(r"\bgatewayd_\w+", rules + dashboard)) - there, set())


def outside(tap, port, daemon):
    with tap.point("health and readiness are told without signing in"):
        stranger = Browser(port)
        same((stranger.get("/healthz").status, stranger.get("/readyz").status), (200, 200))
    with tap.point("the role has neither store nor file open"):
        names = open_files(daemon.role("web"))
        same([n for n in names if n.startswith("/") and not n.startswith(("/dev/", str(daemon.dir))) ], [])
        same(any("gatewayd.db" in n for n in names), False)


def main():
    tap = Tap()
    port = free_port()

    def change(daemon):
        daemon.settings["web"] = {"listen": f"127.0.0.1:{port}"}
        daemon.settings["staff"]["paul"] = {"name": "Paul Partner", "addresses": [r.PAUL], "queues": ["branch"],
                                             "zone": "Asia/Tokyo"}
        daemon.settings["queues"]["branch"] = {**daemon.settings["queues"]["technical"], "address": r.SUPPORT}

    with running(change) as (rig, daemon):
        mail = compose(r.ANN, r.SUPPORT, f"The printer {HOSTILE}", f"The printer is dead {HOSTILE}",
                       attach=[("evil\".html", "text/html", b"<script>alert(2)</script>")])
        rig.send(r.ANN, mail)
        wait_for(daemon.cases, 30, "the case")
        wait_for(lambda: reached(Browser(port), "/healthz"), 20, "the web role")
        closed(tap, port)
        browser, known = links_and_sessions(tap, rig, port, daemon)
        pages(tap, rig, daemon, browser)
        attacks(tap, port, known)
        with tap.point("none of them signed Sam out, and each page is there"):
            same([browser.get(path).status for path in HIDDEN], [200] * len(HIDDEN))
        silent(tap, port)
        outside(tap, port, daemon)
        metrics(tap, port, daemon)
        of_one_queue(tap, rig, port, daemon, browser)
        with tap.point("a reload with another address moves the pages there; sessions stay"):
            again = free_port()
            daemon.settings["web"]["listen"] = f"127.0.0.1:{again}"
            daemon.reload()
            browser.port = again
            wait_for(lambda: reached(browser, "/"), 20, "the pages at their new address")
    tap.done()


if __name__ == "__main__":
    main()
