"""A journald of our own: the real one, in a mount namespace whose /run is a folder of the rig."""
import json
import os
import pathlib
import signal
import subprocess

from tests.rig.mounts import own_mounts

JOURNALD = "/lib/systemd/systemd-journald"


class Journald:
    """program() is what to start instead of a program, so that it finds this journald and its stderr goes there."""

    def __init__(self, folder):
        self.run, self.pid = pathlib.Path(folder) / "run", pathlib.Path(folder) / "journald.pid"
        self.script = pathlib.Path(folder) / "with-journald"
        self.run.mkdir()

    def program(self, program):
        self.script.write_text(f"""#!/bin/bash
exec {' '.join(own_mounts())} bash -c '
mount --bind {self.run} /run
env -i {JOURNALD} >{self.run}/said 2>&1 &
echo $! >{self.pid}
until [ -S /run/systemd/journal/stdout ]; do kill -0 $(cat {self.pid}) && sleep 0.05 || exit 1; done
exec systemd-cat -t gatewayd bash -c "JOURNAL_STREAM=\\$(stat -Lc %d:%i /proc/self/fd/2) exec \\"\\$@\\"" bash {program} "$@"' bash "$@"
""")
        self.script.chmod(0o755)
        return self.script

    def entries(self):
        """What gatewayd wrote, as journalctl tells it."""
        done = subprocess.run(["journalctl", "-D", self.run / "log/journal", "-o", "json", "-t", "gatewayd", "--no-pager"],
                              capture_output=True, text=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stop(self):
        """To be called while the rig's folder is there."""
        os.kill(int(self.pid.read_text()), signal.SIGTERM)
