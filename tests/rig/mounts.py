"""Mounts that only the process sees that makes them, and its children."""
import pathlib


def own_mounts(*more):
    """unshare(1) before a command. In a chroot whose / is no mount point it can change the propagation of none: they keep theirs."""
    points = [line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()]
    return ["unshare", "--mount", *([] if "/" in points else ["--propagation", "unchanged"]), *more]
