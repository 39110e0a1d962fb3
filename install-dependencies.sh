#!/bin/sh
# Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#
# Installs what testmon's build and tests need and this machine lacks, on Debian, Ubuntu and what descends from them.
# Says nothing and changes nothing if nothing is missing.
#
#   ./install-dependencies.sh         to build and test with GCC
#   ./install-dependencies.sh --ci    also what .ci/run needs: Clang and its tools
set -eu

boost_needed=1.81
sqlitecpp_needed=3.2
cmake_needed=3.25 # for `cmake --workflow`
boost_libraries="filesystem json program-options test"

fail()
{
    echo "install-dependencies.sh: $*" >&2
    exit 1
}

case "${1-}" in
'') ci=no ;;
--ci) ci=yes ;;
*) fail "unknown argument '$1'; usage: install-dependencies.sh [--ci]" ;;
esac
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this system has no apt-get. Install by hand: a C++17 compiler, CMake >= $cmake_needed, Ninja, Python 3," \
        "b2, Boost >= $boost_needed with its libraries $boost_libraries, SQLite, SQLiteCpp >= $sqlitecpp_needed, and pugixml"
fi

# ---- What is missing? ----

is_installed() # package, or a pattern
{
    dpkg-query --show --showformat='${db:Status-Status}\n' "$1" 2>/dev/null | grep --quiet --line-regexp installed
}

at_least() # version minimum
{
    dpkg --compare-versions "$1" ge "$2"
}

# The distributions name Boost packages with the version, and the name without one is often an older version.
boost_packages() # version
{
    echo "libboost$1-dev libboost$1-tools-dev" # the tools hold b2
    for library in $boost_libraries; do
        echo "libboost-$library$1-dev"
    done
}

# Versions of Boost whose headers are installed. Two of them cannot be installed at once.
installed_boost()
{
    dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' 'libboost[0-9]*-dev' 2>/dev/null |
        sed -n 's/^installed libboost\([0-9][0-9.]*\)-dev$/\1/p'
}

# The newest version that the distribution has, with all the libraries; nothing if that is too old.
newest_boost()
{
    apt-cache pkgnames libboost | sed -n 's/^libboost\([0-9][0-9.]*\)-dev$/\1/p' | sort --version-sort --reverse |
        while read -r version; do
            at_least "$version" "$boost_needed" || break
            for package in $(boost_packages "$version"); do
                apt-cache show "$package" >/dev/null 2>&1 || continue 2
            done
            echo "$version"
            break
        done
}

missing_packages()
{
    # A tool may come from elsewhere than a package: it is enough that it can be called.
    for tool in g++:g++ cmake:cmake ninja:ninja-build python3:python3; do
        command -v "${tool%%:*}" >/dev/null || echo "${tool#*:}"
    done
    if [ $ci = yes ]; then
        for tool in git:git clang++:clang clang-format:clang-format clang-tidy:clang-tidy \
            pkg-config:pkg-config strace:strace ccache:ccache; do
            command -v "${tool%%:*}" >/dev/null || echo "${tool#*:}"
        done
        # The sanitizers' and libFuzzer's run-time libraries of Clang have no command to ask for.
        is_installed 'libclang-rt*-dev' || echo libclang-rt-dev
    fi
    for package in libsqlitecpp-dev libsqlite3-dev libpugixml-dev; do # for the database, and for the runner
        is_installed $package || echo $package
    done
    boost=$(installed_boost)
    if [ -n "$boost" ] && at_least "$boost" "$boost_needed"; then
        for package in $(boost_packages "$boost"); do
            is_installed "$package" || echo "$package"
        done
    else
        echo boost # which version is known only from an up-to-date list of packages
    fi
}

# ---- Install it ----

missing=$(missing_packages | sort -u)
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null; then
        as_root=sudo
    else
        # shellcheck disable=SC2086
        fail "missing:" $missing "- to install needs root, and there is no sudo"
    fi
    apt_get()
    {
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes -o Dpkg::Use-Pty=0 "$@" </dev/null
    }

    apt_get update || fail "apt-get update failed"
    packages=
    for package in $missing; do
        if [ "$package" = boost ]; then
            version=$(newest_boost)
            [ -n "$version" ] || fail "this distribution has no Boost >= $boost_needed; Debian 12 and Ubuntu 24.04 do"
            package=$(boost_packages "$version")
            old=$(installed_boost)
            [ -z "$old" ] || echo "install-dependencies.sh: the headers of Boost $old are too old, $version replaces them"
        fi
        packages="$packages $package"
    done
    # shellcheck disable=SC2086
    apt_get install --no-install-recommends $packages || fail "apt-get install failed for:" $packages
fi

# ---- A tool that was there already may be too old ----

cmake_version=$(cmake --version | sed -n '1s/^cmake version //p')
at_least "$cmake_version" "$cmake_needed" ||
    fail "$(command -v cmake) is CMake $cmake_version; 'cmake --workflow' needs >= $cmake_needed"
