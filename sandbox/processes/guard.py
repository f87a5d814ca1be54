"""Run one program in its own process group, and end the whole group when this guard's standard input closes.

    python guard.py PROGRAM ARGUMENT...

A program that does not watch for the end of its parent (MLflow, MiniStack and the Node workers that it starts) would
stay behind when the supervisor is killed. The supervisor holds the other end of the guard's standard input: the kernel
closes it however the supervisor ends. The group's id is written to file descriptor 3, for the case that the guard
itself is killed. The program's own standard input is a pipe that the guard holds, so that it sees the guard's end too.
"""

import os
import select
import signal
import subprocess
import sys
import time

GRACE_SECONDS = float(os.environ.get("GUARD_GRACE_SECONDS", "5"))
POLL_SECONDS = 0.05


def main() -> int:
    """Start the program, wait for its end or for the order to end it; return its exit code as a shell would."""
    ordered_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: ordered_to_stop.append(received))
    environment = {name: value for name, value in os.environ.items() if name != "GUARD_GRACE_SECONDS"}
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True, env=environment)
    os.write(3, f"{program.pid}\n".encode())
    os.close(3)
    while program.poll() is None:
        if ordered_to_stop or _input_closed(POLL_SECONDS):
            _end_kindly(program)
            break
    # What the program started and left: it goes too.
    _signal_group(program.pid, signal.SIGKILL)
    code = program.wait()
    return code if code >= 0 else 128 - code


def _input_closed(wait_seconds: float) -> bool:
    try:
        readable, _, _ = select.select([0], [], [], wait_seconds)
        return bool(readable) and os.read(0, 4096) == b""
    except InterruptedError:
        return False


def _end_kindly(program: "subprocess.Popen[bytes]") -> None:
    _signal_group(program.pid, signal.SIGTERM)
    if program.stdin:
        program.stdin.close()
    deadline = time.monotonic() + GRACE_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        # Nobody is left in the group, which is what was wanted.
        return
    except PermissionError:
        # macOS answers so for a group of which only zombies are left.
        return


if __name__ == "__main__":
    sys.exit(main())
