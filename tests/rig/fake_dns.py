"""A name server whose names change their minds, and a program that asks it and nobody else."""
import contextlib
import pathlib
import socket
import struct
import threading

from tests.rig.mounts import own_mounts

A, IN, ANSWER, NAME_POINTER = 1, 1, 0x8400, 0xc00c


class FakeDns:
    """answers: for each name what the first, second, ... question gets, a list of IPv4 addresses each; the last stays."""

    def __init__(self, answers, address="127.0.53.7"):
        self.answers, self.asked = answers, dict.fromkeys(answers, 0)
        self.last = None    # a resolver that heard nothing in time says the same again
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.address = address
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                question, peer = self.socket.recvfrom(4096)
                if not question:
                    return
                if not self.last or self.last[:2] != (question, peer):
                    self.last = question, peer, self._answer(question)
                self.socket.sendto(self.last[2], peer)

    def _answer(self, question):
        labels, at = [], 12
        while length := question[at]:
            labels.append(question[at + 1:at + 1 + length].decode())
            at += 1 + length
        kind, = struct.unpack("!H", question[at + 1:at + 3])
        addresses = self._addresses(".".join(labels)) if kind == A else []
        head = question[:2] + struct.pack("!HHHHH", ANSWER, 1, len(addresses), 0, 0)
        rows = [struct.pack("!HHHIH", NAME_POINTER, A, IN, 0, 4) + socket.inet_aton(a) for a in addresses]
        return head + question[12:at + 5] + b"".join(rows)

    def _addresses(self, name):
        turns = self.answers.get(name, [[]])
        n = self.asked.get(name, 0)
        self.asked[name] = n + 1
        return turns[min(n, len(turns) - 1)]

    def program(self, folder, program):
        """A script that runs the program in a mount namespace whose resolver asks here."""
        folder = pathlib.Path(folder)
        (folder / "resolv.conf").write_text(f"nameserver {self.address}\n")
        (folder / "nsswitch.conf").write_text("hosts: files dns\n")
        script = folder / "with-fake-dns"
        mounts = " && ".join(f"mount --bind {folder}/{name} /etc/{name}" for name in ("resolv.conf", "nsswitch.conf"))
        script.write_text(f"#!/bin/sh\nexec {' '.join(own_mounts())} sh -c '{mounts} && exec {program} \"$@\"' sh \"$@\"\n")
        script.chmod(0o755)
        return script
