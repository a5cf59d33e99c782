"""net_probe: the network layer without core, against whatever listens on a port of loopback."""
import os
import pathlib
import ssl
import subprocess

USER, SECRET = "gw@example.test", "s3cret-Pass-w0rd"
LIMIT_S = 240       # a probe that still runs hangs
NEVER_S = 900       # a timeout given to the probe that no test lives to see


def probe(*words, **env):
    """(exit status, output) of build/tests/tools/net_probe; env: HOST, PORT, TLS, AUTH, CA, TIMEOUT, FINAL, MAX ..."""
    tool = pathlib.Path(os.environ.get("BUILD", "build")) / "tests/tools/net_probe"
    settings = {"HOST": "localhost", "USERNAME": USER, "SECRET": SECRET, "TIMEOUT": NEVER_S, "FINAL": NEVER_S, **env}
    settings = {k: str(v) for k, v in settings.items() if v is not None}
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TMPDIR")}
    done = subprocess.run([*os.environ.get("PROBE_UNDER", "").split(), str(tool), *map(str, words)],
                          env={**keep, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S)
    return done.returncode, done.stdout.decode(errors="replace")


def server_context(pair):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    return context
