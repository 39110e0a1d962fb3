#!/bin/bash
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# Builds and runs the projects test/consumer_* against testmon: installed and in source, static and shared.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp --directory --tmpdir testmon_consumers_XXXXXXXX)
trap 'rm -rf "$work"' EXIT

# Says nothing of a build that succeeds.
quietly()
{
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        echo "failed: $*" >&2
        return 1
    }
}

cmake_project() # source directory, build directory, option...
{
    quietly cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=Debug "${@:3}"
    quietly cmake --build "$2"
}

for link in static shared; do
    shared=OFF
    [ $link = static ] || shared=ON
    build=$work/$link
    prefix=$build/prefix

    echo "== $link, installed by CMake, and moved after that"
    cmake_project "$source_dir" "$build/testmon" -DBUILD_SHARED_LIBS=$shared -DCMAKE_INSTALL_PREFIX="$build/installed" \
        -DTESTMON_BUILD_TESTS=OFF -DTESTMON_BUILD_EXAMPLES=OFF -DTESTMON_BUILD_BENCHMARKS=OFF
    quietly cmake --install "$build/testmon"
    mv "$build/installed" "$prefix"
    "$prefix/bin/testmon" --help >/dev/null

    echo "-- consumer_find_package"
    cmake_project "$source_dir/test/consumer_find_package" "$build/find_package" -DCMAKE_PREFIX_PATH="$prefix"
    "$build/find_package/consumer"

    echo "-- consumer_pkg_config"
    libdir=$(dirname "$(find "$prefix" -name pkgconfig)")
    export PKG_CONFIG_PATH=$libdir/pkgconfig
    quietly "$source_dir/test/consumer_pkg_config/build.sh" "$build/pkg_config_consumer"
    LD_LIBRARY_PATH=$libdir "$build/pkg_config_consumer"

    echo "-- consumer_add_subdirectory"
    cmake_project "$source_dir/test/consumer_add_subdirectory" "$build/add_subdirectory" -DBUILD_SHARED_LIBS=$shared
    "$build/add_subdirectory/consumer"

    echo "-- consumer_b2"
    (cd "$source_dir/test/consumer_b2" && quietly b2 -j2 toolset=gcc cxxstd=17 link=$link)

    echo "-- installed by b2"
    (cd "$source_dir" && quietly b2 -j2 toolset=gcc link=$link install --prefix="$build/b2_prefix")
    "$build/b2_prefix/bin/testmon" --help >/dev/null
    quietly c++ -std=c++17 -I"$build/b2_prefix/include" "$source_dir/test/consumer/main.cpp" -o "$build/b2_consumer" \
        -L"$build/b2_prefix/lib" -ltestmon_xdist_coordination -lboost_filesystem -lboost_json -lboost_program_options
    LD_LIBRARY_PATH=$build/b2_prefix/lib "$build/b2_consumer"
done

# What `pkg-config --static` says must do for a program that links the archive and the archives of Boost.
echo "== wholly static, by pkg-config"
PKG_CONFIG_PATH=$(find "$work/static/prefix" -name pkgconfig) CXX="c++ -static" PKG_CONFIG="pkg-config --static" \
    quietly "$source_dir/test/consumer_pkg_config/build.sh" "$work/static_consumer"
"$work/static_consumer"
