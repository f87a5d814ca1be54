"""Network isolation: a container that reaches nothing but itself (API_CreateModel, EnableNetworkIsolation)."""

import ipaddress
import sys
from typing import Any

# What python raises of its own before it looks a name up, connects, or sends without a connection.
LOOKS_UP = ("socket.getaddrinfo", "socket.gethostbyname")
REACHES_OUT = ("socket.connect", "socket.sendto")


def isolate() -> None:
    """From now on this process reaches addresses of its own machine only; there is no way back."""
    sys.addaudithook(refuse_outside)


def refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Raises what a container without a network raises, for everything that leaves it."""
    if event in LOOKS_UP:
        host = arguments[0]
    elif event in REACHES_OUT and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return  # Of all else only sockets of files are left, which stay inside.
    if not is_inside(host):
        raise OSError(101, f"Network is unreachable: {host}, and the container is isolated from the network")


def is_inside(host: Any) -> bool:
    """Whether a host is this machine; a name is so only as `localhost`, since nobody answers for others."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host if isinstance(host, str) else host.decode()).is_loopback
    except ValueError:
        return False
