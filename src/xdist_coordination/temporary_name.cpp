// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "temporary_name.hpp"

#include "file_names.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace testmon::xdist_coordination
{

std::string temporary_name()
{
    return temporary_prefix + random_token();
}

std::string random_token()
{
    // The kernel's randomness at each call: a generator kept across a fork would repeat itself in the child.
    return boost::uuids::to_string(boost::uuids::random_generator_pure()());
}

} // namespace testmon::xdist_coordination
