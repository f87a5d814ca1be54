"""How long the parts of a build take: a line for each while it goes on, and seconds for the result."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timing:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        print(f"{name} ...", flush=True)
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - began, 1)
            print(f"{name}: {self.seconds[name]} s", flush=True)
