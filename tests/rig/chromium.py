"""A headless chromium, driven by its debugging pipe: pages as they are served, keys as people press them."""
import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", "about:blank")
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}


class Chromium:
    """One page in a profile of its own; a context."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="chromium-")
        (theirs_in, self.out), (self.into, theirs_out) = os.pipe(), os.pipe()
        shell = f'exec chromium --user-data-dir="$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self.process = subprocess.Popen(["bash", "-c", shell, self.profile, *FLAGS], pass_fds=(theirs_in, theirs_out),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.numbers, self.rest, self.events, self.session = itertools.count(1), b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        return self

    def __exit__(self, *_exception):
        self.process.terminate()
        self.process.wait(30)
        os.close(self.out)
        os.close(self.into)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self, timeout_s):
        end = time.monotonic() + timeout_s
        while b"\0" not in self.rest:
            ready = select.select([self.into], [], [], max(0, end - time.monotonic()))[0]
            more = os.read(self.into, 1 << 20) if ready else b""
            if not more:
                raise TimeoutError(f"chromium says nothing for {timeout_s} s")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        number = next(self.numbers)
        said = {"id": number, "method": method, "params": params}
        if self.session:
            said["sessionId"] = self.session
        os.write(self.out, json.dumps(said).encode() + b"\0")
        while (message := self._message(60)).get("id") != number:
            self.events.append(message.get("method"))
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"]

    def loaded(self, do):
        """What do() leads to is there."""
        self.events.clear()
        do()
        while "Page.loadEventFired" not in self.events:
            self.events.append(self._message(60).get("method"))

    def go(self, url):
        self.loaded(lambda: self.call("Page.navigate", url=url))

    def size(self, width, height, dark):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def js(self, text):
        """The value of an expression; CSP does not bind it."""
        return self.call("Runtime.evaluate", expression=text, returnByValue=True)["result"].get("value")

    def press(self, key):
        code, text = KEYS[key]
        name = "Space" if key == " " else key
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=name, windowsVirtualKeyCode=code, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=name, windowsVirtualKeyCode=code)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path):
        """Of the whole page, however long."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))
