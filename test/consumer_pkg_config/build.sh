#!/bin/sh
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# A project that uses an installed testmon by its pkg-config file: build.sh OUTPUT. PKG_CONFIG_PATH says where it is.
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2046,SC2086 # one word is one argument
${CXX:-c++} -std=c++17 "$here/../consumer/main.cpp" -o "$1" \
    $(${PKG_CONFIG:-pkg-config} --cflags --libs testmon_xdist_coordination)
