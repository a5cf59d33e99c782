"""What strangers, other sites and thieves try on the web role: one table, tried one after the other by test_web.

A row is what is tried, the bytes that are sent, and the statuses that are right ("": it hangs up).  In the bytes stand
{host}, {session} (Sam's cookies, as he is signed in), {used} (a link that was used), {own} (one that nobody used, of
another browser) and {far} (a link as long as one, guessed).  After each one an honest client is served.
"""
import collections

Attack = collections.namedtuple("Attack", "kind what data right never", defaults=(b"",))


def request(method, path, fields=(), body=None, host="{host}", cookies=""):
    lines = [f"{method} {path} HTTP/1.1"] + ([f"Host: {host}"] if host is not None else [])
    lines += [f"Cookie: {cookies}"] if cookies else []
    lines += ["Connection: close", *fields]
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode("latin-1")


def get(path, **more):
    return request("GET", path, **more)


def mine(path):
    return get(path, cookies="{session}")


def post(path, body="", fields=(), cookies="{session}"):
    return request("POST", path, fields, body, cookies=cookies)


HEAD = b"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
NOT_FOUND, NO_METHOD, STRANGER, OTHER_HOST, NOT_YOURS = (404,), (405,), (303,), (421, 400), (403,)
REFUSED = (400, 411, 413, 414, 431, 501, 505, "")

ATTACKS = [
    *[Attack("traversal", path, get(path), NOT_FOUND) for path in (
        "/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/case/1/../2", "/pages/head.html",
        "/style.css/../board", "/file/../../store", "//etc/passwd", "/.git/config", "/case/", "/sign-in/a/b",
        "/file/%2e%2e%2f1", "/case/a/..%5c..%5cboot.ini")],
    *[Attack("method", method, request(method, "/cases", body=""), NO_METHOD)
      for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "POST", "get")],
    *[Attack("session", what, get("/cases", cookies=f"gatewayd_session={value}; gatewayd_browser={'0' * 32}"), STRANGER)
      for what, value in (("of zeros", "0" * 64), ("empty", ""), ("long", "a" * 5000), ("a path", "../../etc/passwd"),
                          ("SQL", "' OR 1=1 --"), ("a NUL", "%00"), ("null", "null"))],
    Attack("session", "in the address", get("/cases?gatewayd_session=" + "0" * 64), STRANGER),
    *[Attack("host", host, get("/sign-in", host=host), OTHER_HOST)
      for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil", "evil.example@127.0.0.1")],
    Attack("host", "none", get("/sign-in", host=None), REFUSED),
    Attack("host", "two", HEAD + b"Host: evil.example\r\n\r\n", REFUSED),
    Attack("host", "in the request line", b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
           OTHER_HOST + REFUSED),
    Attack("head", "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, REFUSED),
    Attack("head", "no path", b"GET\r\n\r\n", REFUSED),
    Attack("head", "another version", b"GET / HTTP/9.9\r\nHost: {host}\r\n\r\n", REFUSED),
    Attack("head", "a long field", HEAD + b"X: " + b"a" * 40000 + b"\r\n\r\n", REFUSED),
    Attack("head", "many fields", HEAD + b"X: a\r\n" * 5000 + b"\r\n", REFUSED),
    Attack("head", "a long path", b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: {host}\r\n\r\n", REFUSED),
    Attack("head", "a length below zero", HEAD + b"Content-Length: -1\r\n\r\n", REFUSED),
    Attack("head", "a length beyond numbers", HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", REFUSED),
    Attack("head", "two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", REFUSED),
    Attack("head", "a length and chunks", HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", REFUSED),
    Attack("head", "a folded field (RFC 9112 section 5.2)", HEAD + b"X: a\r\n b\r\n\r\n", REFUSED + (200,)),
    Attack("head", "a NUL in a field, which ends it", HEAD + b"X: a\x00b\r\n\r\n", REFUSED + (200,)),
    Attack("injection", "a line end in a query", mine("/cases?queue=a%0d%0aSet-Cookie:%20evil=1"), (200, 400), b"\r\nSet-Cookie: evil"),
    Attack("injection", "a line end in a path", mine("/case/1%0d%0aSet-Cookie:%20evil=1"), NOT_FOUND, b"\r\nSet-Cookie: evil"),
    Attack("injection", "a script in a search", mine("/search?q=%3Cscript%3Ealert(1)%3C/script%3E"), (200,), b"<script>"),
    Attack("injection", "a script in a filter", mine("/cases?owner=%22%3E%3Cscript%3E"), (200,), b"<script>"),
    Attack("injection", "a template in a search", mine("/search?q=%7B%7Bprefix%7D%7D%7B%7B%7Bwho%7D%7D%7D"), (200,)),
    Attack("injection", "SQL in a filter", mine("/cases?queue='%20OR%201=1"), (200, 400), b"printer"),
    Attack("injection", "the words of a search engine", mine("/search?q=%22%20OR%20NEAR(%20*%20)%20%5E"), (200,)),
    *[Attack("query", query[:20], mine("/cases?" + query), (200, 400))
      for query in ("before=-5", "before=abc", "state=%00", "owner=" + "a" * 3000, "queue=%ff%fe", "before=" + "9" * 30)],
    *[Attack("number", path, mine(path), NOT_FOUND)
      for path in ("/case/999", "/case/-1", "/case/99999999999999999999", "/case/1x", "/file/999", "/case/0", "/file/-1", "/case/0x1")],
    *[Attack("other site", f"{path} with {fields[0]}", post(path, body, fields), NOT_YOURS)
      for path, body in (("/sign-out", ""), ("/sign-in", "address=sam%40example.test"))
      for fields in (["Origin: https://evil.example"], ["Sec-Fetch-Site: cross-site"], ["Origin: null"], ["Sec-Fetch-Site: same-site"])],
    Attack("form", "too long", post("/sign-in", "address=" + "a" * 20000), (413,)),
    Attack("form", "to somebody else, too", post("/sign-in", "address=eve%40evil.test%0d%0aBcc:%20sam%40example.test"), (200, 400)),
    Attack("form", "chunks", request("POST", "/sign-in", ["Transfer-Encoding: chunked"]) + b"fffffffff\r\n", REFUSED),
    *[Attack("link", what, post(path, cookies="gatewayd_browser=" + "0" * 32), NOT_YOURS + NOT_FOUND)
      for what, path in (("used before", "{used}"), ("of another browser", "{own}"), ("guessed", "{far}"),
                         ("short", "/sign-in/abc"), ("with a blank", "/sign-in/%20"), ("SQL", "/sign-in/'%20OR%201=1--"))],
    Attack("link", "looked at does nothing", get("{own}"), (200,)),
    *[Attack("unsubscribe", what, post("/unsubscribe/" + token, "List-Unsubscribe=One-Click", cookies=""), NOT_FOUND)
      for what, token in (("by an address", "ann%40customer.test"), ("by a guess", "y" * 40), ("by a flag", "--json"), ("by a NUL", "%00"))],
]
assert len(ATTACKS) >= 40, "the list has forty at least"
