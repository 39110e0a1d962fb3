#!/bin/bash
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#
# A controller is killed and leaves its files behind. Workers pass over the stale state, and the next controller takes
# the run over as if nothing had been.
set -u
testmon=${TESTMON:-testmon}

# In braces, so that the shell does not report the kill.
{ bash -c '"$1" coordinate publish --state "{\"environment_id\": 1}"; kill -9 $$' bash "$testmon"; } 2>/dev/null
echo "left behind: $(ls .testmon_xdist | tr '\n' ' ')"

"$testmon" coordinate read
"$testmon" coordinate wait-for-controller gw0 --timeout 0.2
echo "a worker that comes too early ends with $?"

"$testmon" coordinate publish --state '{"environment_id": 2}'
"$testmon" coordinate wait-for-controller gw0 | grep -o '"environment_id":[0-9]*'
"$testmon" coordinate status | sed 's/, since.*//'
"$testmon" coordinate cleanup
echo "left behind: $(ls -A)"
