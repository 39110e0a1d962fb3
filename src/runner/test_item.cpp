// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_item.hpp"

namespace testmon::runner
{

std::string worker_name(worker_index worker)
{
    return "gw" + std::to_string(worker);
}

} // namespace testmon::runner
