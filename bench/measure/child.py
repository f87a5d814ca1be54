"""
Runs a command and writes what it cost into a file, as JSON.

usage: child.py RESULT LIMIT COMMAND...
  RESULT  the file
  LIMIT   seconds after which the command is ended

CPU is that of the command and of all that it started and waited for; the memory is that of
the largest process among them, which is how the kernel counts (getrusage(2), ru_maxrss).
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

# Linux counts in KiB, macOS in bytes.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


def main():
    result, limit, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    begun = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    too_long = threading.Timer(limit, os.kill, (child.pid, signal.SIGKILL))
    too_long.daemon = True
    too_long.start()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begun
    too_long.cancel()
    result.write_text(
        json.dumps(
            {
                "exitCode": os.waitstatus_to_exitcode(status),
                "seconds": wall,
                "cpuSeconds": usage.ru_utime + usage.ru_stime,
                "memoryBytes": usage.ru_maxrss * MEMORY_UNIT,
            }
        )
    )


if __name__ == "__main__":
    main()
