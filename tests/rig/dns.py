"""A small DNS server (RFC 1035): A and SRV records of a table, and answers that are none."""
import socket
import struct
import threading

A, SRV, NXDOMAIN, RESPONSE = 1, 33, 3, 0x8180
LOOP = b"\xc0\x0c"          # a pointer to the question's name, which is no loop; to itself it is one


def encode(name):
    """A name without compression; bytes are taken as they are."""
    if isinstance(name, bytes):
        return name
    return b"".join(bytes([len(part)]) + part.encode("latin-1") for part in name.split(".") if part) + b"\0"


class Dns:
    """`records`: {(name, A): [address], (name, SRV): [(priority, port, target)]}; a value of bytes is the whole answer section."""

    def __init__(self, address, records):
        self.records = records
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            self.socket.sendto(self._answer(query), client)

    def _answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        kind, = struct.unpack(">H", query[at + 1:at + 3])
        name, question = ".".join(labels).lower(), query[12:at + 5]
        self.asked.append((name, kind))
        rows = self.records.get((name, kind), [])
        if isinstance(rows, bytes):
            return query[:2] + struct.pack(">HHHHH", RESPONSE, 1, 1, 0, 0) + question + rows
        known = any(n == name for n, _ in self.records)
        flags = RESPONSE | (0 if known else NXDOMAIN)
        return query[:2] + struct.pack(">HHHHH", flags, 1, len(rows), 0, 0) + question + b"".join(self._row(kind, r) for r in rows)

    @staticmethod
    def _row(kind, row):
        if kind == A:
            data = socket.inet_aton(row)
        else:
            priority, port, target = row
            data = struct.pack(">HHH", priority, 0, port) + encode(target)
        return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data
