"""The memory of a container: a control group of its own where this user may make one, else no limit."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

V1 = Path("/sys/fs/cgroup/memory")
V2 = Path("/sys/fs/cgroup")
PREFIX = "mlflow-mlops-"
REMOVE_SECONDS = 5


class Enter:
    """Puts the calling process into the group. Runs in the child, before its program."""

    def __init__(self, group: Path | None) -> None:
        self.group = group

    def __call__(self) -> None:
        if self.group is not None:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))


@contextmanager
def limited(megabytes: int | None) -> Iterator[Enter]:
    """A group with a limit, until its processes have ended."""
    group = make(megabytes) if megabytes else None
    try:
        yield Enter(group)
    finally:
        if group is not None:
            remove(group)


def remove(group: Path) -> None:
    """Waits for processes that the kernel is still ending: the next group of this process has the same name."""
    end = time.monotonic() + REMOVE_SECONDS
    while time.monotonic() < end:
        with suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.05)


def make(megabytes: int) -> Path | None:
    v2 = (V2 / "cgroup.controllers").exists()
    parent = V2 if v2 else V1
    remove_left(parent)
    group = parent / f"{PREFIX}{os.getpid()}"
    limit = str(megabytes * 1024 * 1024)
    try:
        group.mkdir()
        if v2:
            (group / "memory.max").write_text(limit)
            with suppress(OSError):
                (group / "memory.swap.max").write_text("0")
        else:
            (group / "memory.limit_in_bytes").write_text(limit)
    except OSError:
        with suppress(OSError):
            group.rmdir()
        return None
    return group


def remove_left(parent: Path) -> None:
    """A worker that is ended removes nothing. A later process may get its number, and must not find its group."""
    for group in parent.glob(f"{PREFIX}*"):
        number = group.name[len(PREFIX) :]
        if number == str(os.getpid()) or not Path("/proc", number).exists():
            with suppress(OSError):
                group.rmdir()


def exceeded(enter: Callable[[], None]) -> bool:
    """Whether the kernel ended a process of the group for its memory."""
    group = getattr(enter, "group", None)
    if group is None:
        return False
    for name in ("memory.events", "memory.oom_control"):
        with suppress(OSError):
            for line in (group / name).read_text().splitlines():
                key, _, value = line.partition(" ")
                if key == "oom_kill" and value.strip() != "0":
                    return True
    return False
