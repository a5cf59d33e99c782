"""What the store keeps packed (zstd, where that makes it fewer bytes than the size beside it)."""
import base64
import ctypes
import pathlib

MARK, HEAD = bytes.fromhex("5b2a4d1800000000"), 8     # of records (store/runs.h), and of each of them
DICTIONARY = (pathlib.Path(__file__).resolve().parents[2] / "store/dictionary_1.zdict").read_bytes()


def lines(records):
    """What store/runs.h made records of."""
    out, at = [], 0
    while at < len(records):
        kind, groups = records[at:at + 1], records[at + 1]
        count = int.from_bytes(records[at + 4:at + HEAD], "little")
        each, at = (1, at + HEAD) if kind == b"t" else (3 * groups, at + HEAD)
        body, at = records[at:at + count * each], at + count * each
        end = {b"t": None, b"l": b"\n", b"c": b"\r\n"}[kind]
        out.append(body if end is None else b"".join(base64.b64encode(body[k:k + each]) + end for k in range(0, len(body), each)))
    return b"".join(out)


def unpack(stored, size):
    if len(stored) == size:
        return stored
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
    zstd.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
    room = size + size // 8 + 4096
    out = ctypes.create_string_buffer(room)
    context = ctypes.c_void_p(zstd.ZSTD_createDCtx())
    n = zstd.ZSTD_decompress_usingDict(context, out, ctypes.c_size_t(room), stored, ctypes.c_size_t(len(stored)),
                                       DICTIONARY, ctypes.c_size_t(len(DICTIONARY)))
    zstd.ZSTD_freeDCtx(context)
    assert n <= room, f"{len(stored)} bytes are packed into {size}: {n}"
    made = lines(out.raw[:n]) if stored.startswith(MARK) else out.raw[:n]
    assert len(made) == size, f"{len(stored)} bytes are packed into {size}: {len(made)}"
    return made
