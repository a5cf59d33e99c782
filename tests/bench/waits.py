"""What tests/bench/waits.c counted."""
import struct

from tests.rig.gatewayd import BUILD

LINE, LINES = struct.Struct("=40s3Q"), 512


def preload(path):
    """What the environment of a process needs that is counted."""
    path.write_bytes(bytes(LINE.size * LINES))
    path.chmod(0o666)
    return {"LD_PRELOAD": str(BUILD / "tests/bench/waits.so"), "GATEWAYD_WAITS": str(path)}


def read(path):
    """(sent, waits, seconds) by the name of the statement."""
    lines = {}
    for name, sent, waits, ns in LINE.iter_unpack(path.read_bytes()):
        if name[0]:
            lines[name.split(b"\0")[0].decode()] = (sent, waits, ns / 1e9)
    return lines


def since(before, now):
    return {name: tuple(a - b for a, b in zip(v, before.get(name, (0, 0, 0)))) for name, v in now.items()}


def table(lines, n, top):
    """The statements that are waited for the longest, for one of n."""
    rows = sorted(lines.items(), key=lambda row: (-row[1][2], -row[1][0]))[:top]
    head = f"{'a mail':34}{'sent':>8}{'waits':>8}{'µs':>8}"
    return "\n".join([head, *(f"{name:34.33}{v[0] / n:8.2f}{v[1] / n:8.2f}{v[2] * 1e6 / n:8.1f}" for name, v in rows if v[0] + v[1])])


def total(lines):
    return tuple(sum(v[k] for v in lines.values()) for k in range(3))
