"""What the store keeps packed (zstd, where that makes it fewer bytes than the size beside it)."""
import ctypes


def unpack(stored, size):
    if len(stored) == size:
        return stored
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(size)
    n = zstd.ZSTD_decompress(out, ctypes.c_size_t(size), stored, ctypes.c_size_t(len(stored)))
    assert n == size, f"{len(stored)} bytes are packed into {size}: {n}"
    return out.raw
