"""
Runs a command and prints what it cost, in JSON. Usage: measure.py LIMIT COMMAND..., with the limit in seconds.

The CPU is that of the command and of its children. The memory is that of the largest of these processes (getrusage(2)).
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

begun = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
signal.signal(signal.SIGTERM, lambda *_: child.kill())
timer = threading.Timer(float(sys.argv[1]), child.kill)
timer.daemon = True
timer.start()
_, status, usage = os.wait4(child.pid, 0)
seconds = time.monotonic() - begun
cpu = usage.ru_utime + usage.ru_stime
# Linux counts in KiB.
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "memoryBytes": usage.ru_maxrss * 1024}))
sys.exit(1 if status else 0)
