#!/bin/bash
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#
# The controller cannot prepare what it should, and says why. The workers end at once with the reason, instead of
# waiting for a state that will never come.
set -u
testmon=${TESTMON:-testmon}

for worker in gw0 gw1; do
    {
        "$testmon" coordinate wait-for-controller $worker --pid $$ 2>&1
        echo "the worker ends with $?"
    } &
done

"$testmon" coordinate begin
"$testmon" coordinate abort --reason "the database cannot be created: no space left"
wait
"$testmon" coordinate cleanup
