"""A TCP connection's way to a server on loopback, which can be cut, frozen, or lose one answer."""
import selectors
import socket
import threading

CHUNK = 65536


class Proxy:
    """Passes bytes on until told otherwise; connections are threads of their own."""

    def __init__(self, target):
        self.target = target            # a port
        self.mode = "pass"              # "cut": closed and refused; "frozen": nothing moves
        self.lose_after = None          # (bytes, count): the answer to the count-th such request is lost
        self.lost = 0
        self.changed = threading.Condition()
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.set("cut")
        self.listener.close()

    def set(self, mode):
        with self.changed:
            self.mode = mode
            self.changed.notify_all()
            pairs, self.pairs = (self.pairs, []) if mode == "cut" else ([], self.pairs)
        for pair in pairs:
            close(pair)

    def lose_answer(self, request, count=1):
        """The server gets the count-th request from now on and answers; the client never hears of it."""
        with self.changed:
            self.lose_after = (request, count)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.mode == "cut":
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            with self.changed:
                self.pairs.append((client, server))
            threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client, server):
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            try:
                while self._pass_on(ready, client, server):
                    pass
            except OSError:
                pass
        close((client, server))

    def _pass_on(self, ready, client, server):
        for key, _ in ready.select():
            with self.changed:
                self.changed.wait_for(lambda: self.mode != "frozen")
            chunk = key.fileobj.recv(CHUNK)
            if not chunk or self.mode == "cut":
                return False
            key.data.sendall(chunk)
            if key.fileobj is client and self._is_to_be_lost(chunk):
                server.recv(CHUNK)      # it has done it
                self.lost += 1
                return False
        return True

    def _is_to_be_lost(self, chunk):
        with self.changed:
            if not self.lose_after or self.lose_after[0] not in chunk:
                return False
            request, count = self.lose_after
            self.lose_after = (request, count - 1) if count > 1 else None
            return count == 1


def close(pair):
    for s in pair:
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()
