// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_listener.hpp"

namespace testmon::runner
{

std::string_view to_string(worker_kind value) noexcept
{
    switch (value) {
    case worker_kind::linked:
        return "linked";
    case worker_kind::preloaded:
        return "preloaded";
    case worker_kind::batches:
        break;
    }
    return "batches by command line";
}

std::string_view to_string(run_end value) noexcept
{
    switch (value) {
    case run_end::max_failures:
        return "max_failures";
    case run_end::interrupted:
        return "interrupted";
    case run_end::trouble:
        return "trouble";
    case run_end::complete:
        break;
    }
    return "complete";
}

std::string_view why_not_run(run_end value) noexcept
{
    switch (value) {
    case run_end::max_failures:
        return "enough had failed (--maxfail)";
    case run_end::interrupted:
        return "the run was interrupted";
    case run_end::trouble:
        return "no worker could go on";
    case run_end::complete:
        break;
    }
    return {};
}

} // namespace testmon::runner
