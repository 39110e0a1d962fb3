#!/usr/bin/env python3
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
"""Runs an example in an empty directory and compares what it prints.

    compare_output.py EXPECTED COMMAND [ARGUMENT...]

Every line of the file EXPECTED is a regular expression for the whole of the same line of standard output, so that a
pid or a time can be written as \\d+ or \\S+. The command must exit with 0. Standard error is passed on.
"""
import re
import subprocess
import sys
import tempfile


def main():
    expected_file, *command = sys.argv[1:]
    with open(expected_file, encoding="utf-8") as file:
        expected = file.read().splitlines()
    with tempfile.TemporaryDirectory(prefix="testmon_example_") as directory:
        run = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             encoding="utf-8", errors="replace")
    actual = run.stdout.splitlines()

    faults = []
    if run.returncode != 0:
        faults.append(f"the command ended with {run.returncode}")
    for number, (pattern, line) in enumerate(zip(expected, actual), start=1):
        if not re.fullmatch(pattern, line):
            faults.append(f"line {number} is {line!r}, expected {pattern!r}")
    if len(expected) != len(actual):
        faults.append(f"{len(actual)} lines, expected {len(expected)}")

    if faults:
        print(run.stdout, end="")
        for fault in faults:
            print(f"{expected_file}: {fault}", file=sys.stderr)
    return 1 if faults else 0


sys.exit(main())
