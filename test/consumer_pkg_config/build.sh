#!/bin/sh
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# A project that uses an installed testmon by its pkg-config files: build.sh LIBRARY OUTPUT, where LIBRARY is such as
# xdist_coordination. PKG_CONFIG_PATH says where the files are.
set -eu
here=$(dirname "$0")
flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs "testmon_$1")
# shellcheck disable=SC2086 # one word is one argument
${CXX:-c++} -std=c++17 "$here/../consumer/$1.cpp" -o "$2" $flags
