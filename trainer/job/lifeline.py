"""Nothing of a run may outlive its supervisor: no orphan keeps a device busy."""

import os
import signal
import threading


def die_with_parent(descriptor: int = 0) -> None:
    """Kill our whole process group as soon as ``descriptor`` (standard input) reports its end.

    The supervisor holds the other end of the pipe and never writes; the end comes when it closes it or dies.
    ``os.read`` on purpose: a thread inside ``sys.stdin.buffer`` makes the interpreter abort when it exits normally.
    """
    threading.Thread(target=_wait_for_end, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    while os.read(descriptor, 64):
        pass
    os.killpg(0, signal.SIGKILL)
