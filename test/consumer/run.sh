#!/bin/bash
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
# Builds and runs the projects test/consumer_* against testmon: installed and in source, static and shared, with the
# database and without.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp --directory --tmpdir testmon_consumers_XXXXXXXX)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "failed: $*" >&2
    return 1
}

# Says nothing of a build that succeeds.
quietly()
{
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        fail "$*"
    }
}

cmake_project() # source directory, build directory, option...
{
    quietly cmake -S "$1" -B "$2" -G Ninja "${@:3}"
    quietly cmake --build "$2"
}

install_testmon() # build directory, prefix, option...
{
    cmake_project "$source_dir" "$1" -DCMAKE_INSTALL_PREFIX="$1/installed" "${@:3}" \
        -DTESTMON_BUILD_TESTS=OFF -DTESTMON_BUILD_EXAMPLES=OFF -DTESTMON_BUILD_BENCHMARKS=OFF
    quietly cmake --install "$1"
    mv "$1/installed" "$2"
    "$2/bin/testmon" --help >/dev/null
}

run_consumers() # path up to the name, library...
{
    local library
    for library in "${@:2}"; do
        "$1$library"
    done
}

has_no_sqlite() # file or directory...
{
    [ -e "$1" ] || fail "$1 does not exist"
    ! grep --recursive --ignore-case --files-with-matches sqlite "$@" || fail "there is SQLite in it"
}

libraries=(xdist_coordination database precreation)
# As on a machine that has no SQLite: whoever looks for it all the same, fails.
no_sqlite=(-DCMAKE_DISABLE_FIND_PACKAGE_SQLiteCpp=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON)

for link in static shared; do
    shared=OFF
    [ $link = static ] || shared=ON
    build=$work/$link
    prefix=$build/prefix

    echo "== $link, installed by CMake, and moved after that"
    install_testmon "$build/testmon" "$prefix" -DBUILD_SHARED_LIBS=$shared
    libdir=$(dirname "$(find "$prefix" -name pkgconfig)")
    has_no_sqlite "$libdir"/libtestmon_xdist_coordination.*

    echo "-- consumer_find_package: the coordination alone"
    cmake_project "$source_dir/test/consumer_find_package" "$build/find_package" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCOMPONENTS=xdist_coordination "${no_sqlite[@]}"
    run_consumers "$build/find_package/consumer_" xdist_coordination
    has_no_sqlite "$build/find_package/consumer_xdist_coordination"
    [ ! -e "$build/find_package/consumer_database" ] || fail "there is more than was asked for"

    echo "-- consumer_find_package: everything"
    # SQLite is the business of a shared library alone.
    no_sqlite_if_shared=()
    [ $link = static ] || no_sqlite_if_shared=("${no_sqlite[@]}")
    cmake_project "$source_dir/test/consumer_find_package" "$build/find_package_all" -DCMAKE_PREFIX_PATH="$prefix" \
        "${no_sqlite_if_shared[@]}"
    run_consumers "$build/find_package_all/consumer_" "${libraries[@]}"
    quietly ctest --test-dir "$build/find_package_all" --no-tests=error --output-on-failure

    echo "-- consumer_pkg_config"
    for library in "${libraries[@]}"; do
        PKG_CONFIG_PATH=$libdir/pkgconfig \
            quietly "$source_dir/test/consumer_pkg_config/build.sh" "$library" "$build/pkg_config_$library"
    done
    LD_LIBRARY_PATH=$libdir run_consumers "$build/pkg_config_" "${libraries[@]}"

    echo "-- consumer_b2"
    (cd "$source_dir/test/consumer_b2" && quietly b2 -j2 toolset=gcc cxxstd=17 link=$link)
    (cd "$source_dir/test/consumer_b2" && quietly b2 toolset=gcc cxxstd=17 link=$link consumer_boost_test_worker \
        testing.launcher="$prefix/bin/testmon run --")

    echo "-- installed by b2"
    (cd "$source_dir" && quietly b2 -j2 toolset=gcc link=$link install --prefix="$build/b2_prefix")
    "$build/b2_prefix/bin/testmon" --help >/dev/null
    has_no_sqlite "$build/b2_prefix"/lib/libtestmon_xdist_coordination.*
    for library in xdist_coordination precreation; do
        needs=(-ltestmon_xdist_coordination)
        [ $library = xdist_coordination ] || needs=(-ltestmon_precreation -ltestmon_database "${needs[@]}" -lSQLiteCpp -lsqlite3)
        quietly c++ -std=c++17 -I"$build/b2_prefix/include" "$source_dir/test/consumer/$library.cpp" \
            -o "$build/b2_$library" -L"$build/b2_prefix/lib" "${needs[@]}" \
            -lboost_filesystem -lboost_json -lboost_program_options
    done
    LD_LIBRARY_PATH=$build/b2_prefix/lib run_consumers "$build/b2_" xdist_coordination precreation
done

# What `pkg-config --static` says must do for a program that links the archive and the archives of Boost and SQLite.
echo "== wholly static, by pkg-config"
for library in xdist_coordination precreation; do
    PKG_CONFIG_PATH=$(find "$work/static/prefix" -name pkgconfig) CXX="c++ -static" PKG_CONFIG="pkg-config --static" \
        quietly "$source_dir/test/consumer_pkg_config/build.sh" $library "$work/static_$library"
done
run_consumers "$work/static_" xdist_coordination precreation

echo "== consumer_add_subdirectory"
cmake_project "$source_dir/test/consumer_add_subdirectory" "$work/add_subdirectory"
run_consumers "$work/add_subdirectory/consumer_" "${libraries[@]}"
quietly ctest --test-dir "$work/add_subdirectory" --no-tests=error --output-on-failure

build=$work/without
echo "== without the database: installed by CMake"
install_testmon "$build/testmon" "$build/prefix" -DTESTMON_BUILD_DATABASE=OFF "${no_sqlite[@]}"
has_no_sqlite "$build/prefix"
[ -z "$(find "$build/prefix" -name '*database*' -o -name '*precreation*')" ] || fail "there are files of the database"

echo "-- consumer_find_package"
cmake_project "$source_dir/test/consumer_find_package" "$build/find_package" -DCMAKE_PREFIX_PATH="$build/prefix" \
    "${no_sqlite[@]}"
run_consumers "$build/find_package/consumer_" xdist_coordination
! cmake -S "$source_dir/test/consumer_find_package" -B "$build/find_package_database" -G Ninja \
    -DCMAKE_PREFIX_PATH="$build/prefix" -DCOMPONENTS="xdist_coordination;database" >"$work/log" 2>&1 ||
    fail "find_package has found a database"
grep --quiet "this testmon has no component database" "$work/log" ||
    fail "find_package does not say what is missing: $(<"$work/log")"

echo "-- consumer_add_subdirectory, only configured"
quietly cmake -S "$source_dir/test/consumer_add_subdirectory" -B "$build/add_subdirectory" -G Ninja \
    -DTESTMON_BUILD_DATABASE=OFF "${no_sqlite[@]}"
