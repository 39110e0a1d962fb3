// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_TREE_SNAPSHOT_HPP
#define TESTMON_TEST_SUPPORT_TREE_SNAPSHOT_HPP

#include <boost/filesystem/path.hpp>

#include <map>
#include <string>

namespace testmon::test
{

/// Everything in a directory, its own entry (".") included, by path: what kind of file each is, whose, its
/// mode, inode, time of last change, and what a link or a regular file holds. No link is followed. Two
/// snapshots are equal if nothing was touched in between.
std::map<std::string, std::string> tree_snapshot(boost::filesystem::path const& directory);

} // namespace testmon::test

#endif
