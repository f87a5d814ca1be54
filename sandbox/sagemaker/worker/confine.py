"""The inside of a container: `unshare ... python confine.py '{...}'`, the first process of new namespaces.

It sees a file system that is read-only but for /tmp, has no rights, and with `isolated` no network: then it passes connections on from
a socket that was made outside. Linux only; as an ordinary user within a user namespace.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

USER = 1000
# The folders of an image's base; this machine's take their place where the image has no base.
SYSTEM = ("usr", "etc", "bin", "lib", "lib64", "sbin")
DEVICES = ("null", "zero", "full", "random", "urandom")
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, stdout=subprocess.DEVNULL)


def make_root(system, binds, writable):
    """A root of a system and the container's own folders, all read-only, with a /tmp of its own."""
    mount("--make-rprivate", "/")
    root = Path(tempfile.mkdtemp(prefix="container-", dir="/tmp"))
    mount("-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", str(root))
    for name in SYSTEM:
        source = Path(system, name)
        if source.is_symlink():
            (root / name).symlink_to(os.readlink(source))
        elif source.is_dir():
            bind(source, root / name)
    for name in ("proc", "dev", "tmp"):
        (root / name).mkdir()
    # Before the binds: what is bound may lie below /tmp.
    mount("-t", "tmpfs", "-o", "size=5g,mode=1777,nosuid,nodev", "tmpfs", str(root / "tmp"))
    for inside, outside in binds.items():
        bind(Path(outside), root / inside.lstrip("/"))
    for inside, outside in writable.items():
        bind(Path(outside), root / inside.lstrip("/"), "rw")
    mount("-t", "proc", "-o", "nosuid,nodev,noexec", "proc", str(root / "proc"))
    for name in DEVICES:
        (root / "dev" / name).touch()
        mount("--bind", f"/dev/{name}", str(root / "dev" / name))
    (root / "dev" / "shm").mkdir()
    mount("-t", "tmpfs", "-o", "size=64m,mode=1777", "tmpfs", str(root / "dev" / "shm"))
    mount("-o", "remount,bind,ro", str(root))
    return root


def bind(source, target, mode="ro"):
    target.mkdir(parents=True, exist_ok=True)
    mount("--rbind", str(source), str(target))
    mount("-o", f"remount,bind,{mode},nosuid,nodev", str(target))


def bring_loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as interface:
        fcntl.ioctl(interface, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def drop_rights(user):
    """Runs in the child, before its program: another user where that is possible, without capabilities and ways to get some."""
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def relay(listener, port):
    """Passes connections from outside on to the container's own loopback interface."""
    while True:
        outer, _ = listener.accept()
        threading.Thread(target=join, args=(outer, port), daemon=True).start()


def join(outer, port):
    # Not create_connection, which imports a module that the container's file system may lack.
    inner = socket.socket()
    try:
        inner.connect(("127.0.0.1", port))
    except OSError:
        outer.close()
        return
    for source, target in ((outer, inner), (inner, outer)):
        threading.Thread(target=copy, args=(source, target), daemon=True).start()


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def main():
    settings = json.loads(sys.argv[1])
    root = make_root(settings["system"], settings["binds"], settings["writable"])
    if settings["listener"] is not None:
        bring_loopback_up()
        listener = socket.socket(fileno=settings["listener"])
        threading.Thread(target=relay, args=(listener, settings["port"]), daemon=True).start()
    os.chroot(root)
    os.chdir("/")
    user = USER if settings["unprivileged"] else None
    child = subprocess.Popen(settings["command"], env=settings["environment"], preexec_fn=lambda: drop_rights(user))  # noqa: PLW1509
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    sys.exit(child.wait())


main()
