#!/usr/bin/env python3
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
"""A worker in another language: it reads and writes the files, and needs nothing else.

The controller is the shell command. See doc/file_format.md for what the files hold.
"""
import json
import os
import subprocess
import sys
import time

DIRECTORY = ".testmon_xdist"


def wait_for_state():
    """Returns the published state; it is replaced by rename, so it is whole as soon as it is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(os.path.join(DIRECTORY, "controller_ready.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            time.sleep(0.01)
    sys.exit("no controller came")


def acknowledge(worker_id):
    """Marks the worker as ready: an empty file, put in place by rename."""
    temporary = os.path.join(DIRECTORY, f"{worker_id}.new")
    open(temporary, "w", encoding="utf-8").close()
    os.rename(temporary, os.path.join(DIRECTORY, f"worker_{worker_id}_ready"))


def worker():
    state = wait_for_state()
    print("worker py0 starts in environment", state["environment_id"], flush=True)
    acknowledge("py0")


def controller():
    testmon = os.environ.get("TESTMON", "testmon")

    def coordinate(*words):
        subprocess.run([testmon, "coordinate", *words], check=True)

    child = subprocess.Popen([sys.executable, __file__, "worker"])
    coordinate("publish", "--state", '{"environment_id": 42, "database_path": "/tmp/tests.db"}')
    coordinate("wait-for-workers", "1")
    coordinate("ready-workers")
    child.wait()
    coordinate("cleanup")
    print("left behind:", os.listdir("."))


if sys.argv[1:] == ["worker"]:
    worker()
else:
    controller()
