"""A terminal with somebody at it: a program on a pty, what it shows, and what is typed."""
import os
import pty
import subprocess
import threading

from tests.rig.process import Timeout, wait_for


class Terminal:
    """Its screen is all that was shown, with line ends as they are in a file."""

    def __init__(self, *command, env=None):
        ours, theirs = pty.openpty()
        self.fd, self.seen, self.screen = ours, 0, ""
        self.process = subprocess.Popen([str(c) for c in command], stdin=theirs, stdout=theirs, stderr=theirs, env=env,
                                        start_new_session=True, preexec_fn=lambda: _control(theirs))
        os.close(theirs)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:     # its last holder has ended
                return
            if not data:
                return
            self.screen += data.decode(errors="replace").replace("\r\n", "\n")

    def expect(self, words, seconds=60):
        """Waits until these words are shown, behind those that were waited for before."""
        def found():
            at = self.screen.find(words, self.seen)
            return at >= 0 and at + len(words)
        try:
            self.seen = wait_for(found, seconds)
        except Timeout as e:
            raise Timeout(f"{e}: {words!r} on the terminal:\n{self.screen[self.seen:]}") from None

    def type(self, line):
        os.write(self.fd, (line + "\n").encode())

    def answer(self, question, line):
        self.expect(question)
        self.type(line)

    def interrupt(self):
        os.write(self.fd, b"\x03")

    def wait(self):
        """Its exit status, when all that it showed was read."""
        status = self.process.wait(300)
        self.reader.join(10)
        os.close(self.fd)
        return status


def _control(fd):
    import fcntl
    import termios
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
