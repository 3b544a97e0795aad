#!/usr/bin/env bash
# uvicorn 0.54.0 (PyPI), several workers: of one that ends before it has answered for the first time (here it is killed while
# it imports its main module) the supervisor learns nothing, since it holds both ends of the pipe to it: it waits the whole
# timeout_worker_healthcheck for an answer, replaces no other worker meanwhile, and heeds no SIGTERM. With the timeout at 15
# seconds, a service that is told to stop one second after such an end stops after 14 more. The usual timeout is 5 seconds,
# and who raises it for workers that take long to start waits that much longer.
# Exits 0 while that is so, 1 once it has changed, 2 if the packages cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvicorn==0.54.0 || exit 2
cat >"$folder/serve.py" <<'PYTHON'
import time

import uvicorn


async def app(scope, receive, send):
    pass


if __name__ == "__main__":
    uvicorn.run("serve:app", port=0, workers=2, lifespan="off", timeout_worker_healthcheck=15)
elif __name__ == "__mp_main__":
    time.sleep(6)
PYTHON
cat >"$folder/measure.py" <<'PYTHON'
import os, signal, subprocess, sys, time

service = subprocess.Popen([sys.executable, "serve.py"], stderr=subprocess.DEVNULL)
workers = []
while len(workers) < 2:
    time.sleep(0.1)
    lines = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(service.pid)], capture_output=True, text=True).stdout
    workers = [int(line.split()[0]) for line in lines.splitlines() if "spawn_main" in line]
time.sleep(1.5)  # the supervisor waits for an answer of the first by now
os.kill(workers[0], signal.SIGKILL)
time.sleep(1)
told = time.monotonic()
service.send_signal(signal.SIGTERM)
service.wait(60)
seconds = time.monotonic() - told
print(f"stopped {seconds:.0f} seconds after SIGTERM")
sys.exit(0 if seconds > 8 else 1)
PYTHON
cd "$folder"
venv/bin/python measure.py
