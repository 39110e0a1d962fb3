// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What the archive of Boost.Test holds, with its main(). Compiled once for all programs that have it in
// themselves: that takes ten times as long as most of them take.
#include <boost/test/included/unit_test.hpp>
