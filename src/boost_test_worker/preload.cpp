// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The library to preload. It is loaded into whatever the runner starts, so it depends on nothing: it looks
// whether the process has Boost.Test as a shared library, and loads the worker for that version, which lies
// beside it.
#include "channel.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <unistd.h>

// Boost.Test asks this before each test, and looks through /proc at all ancestors of the process: a large
// part of what a small test costs. It asks so that it can leave faults to a debugger, and it is told to leave
// them alone in any case.
namespace boost::debug
{
__attribute__((visibility("default"))) bool under_debugger();
bool under_debugger()
{
    return false;
}
} // namespace boost::debug

namespace
{

using namespace testmon::boost_test;

constexpr std::string_view framework_name = "libboost_unit_test_framework.so.";

struct process_view {
    bool is_linked = false;          // the worker is in the executable itself
    std::string framework_version{}; // "1.81.0"; empty: no such library
};

bool has_note(::dl_phdr_info const& object)
{
    for (::ElfW(Half) i = 0; i < object.dlpi_phnum; ++i) {
        auto const& segment = object.dlpi_phdr[i];
        if (segment.p_type != PT_NOTE) {
            continue;
        }
        auto const* at = reinterpret_cast<char const*>(object.dlpi_addr + segment.p_vaddr); // NOLINT
        auto const* const end = at + segment.p_memsz;
        auto const padded = [](std::size_t size) { return (size + 3) & ~std::size_t{3}; };
        while (at + sizeof(::ElfW(Nhdr)) <= end) {
            ::ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof note);
            auto const* const name = at + sizeof note;
            if (note.n_namesz == sizeof "testmon" && std::memcmp(name, "testmon", sizeof "testmon") == 0) {
                return true;
            }
            at = name + padded(note.n_namesz) + padded(note.n_descsz);
        }
    }
    return false;
}

int look_at_object(::dl_phdr_info* object, std::size_t, void* result)
{
    auto& view = *static_cast<process_view*>(result);
    std::string_view const path = object->dlpi_name;
    if (path.empty()) { // the executable
        view.is_linked = view.is_linked || has_note(*object);
    }
    auto const name = path.substr(path.rfind('/') + 1);
    if (name.substr(0, framework_name.size()) == framework_name) {
        view.framework_version = name.substr(framework_name.size());
    }
    return 0;
}

std::string own_path()
{
    static char const here = 0;
    ::Dl_info info{};
    return ::dladdr(&here, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

// What the process starts must not be preloaded, too.
void leave_environment(std::string const& library)
{
    std::string const all = std::getenv("LD_PRELOAD") == nullptr ? "" : std::getenv("LD_PRELOAD");
    std::string left;
    for (std::size_t begin = 0; begin < all.size();) {
        auto const end = std::min(all.find_first_of(" :", begin), all.size());
        auto const one = all.substr(begin, end - begin);
        if (!one.empty() && one != library) {
            left += (left.empty() ? "" : ":") + one;
        }
        begin = end + 1;
    }
    if (left.empty()) {
        ::unsetenv("LD_PRELOAD");
    } else {
        ::setenv("LD_PRELOAD", left.c_str(), 1);
    }
}

std::string program()
{
    char path[PATH_MAX + 1] = "";
    auto const size = ::readlink("/proc/self/exe", path, PATH_MAX);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "the executable";
}

// Returns: why this process is no worker; empty: it is one.
std::string load_worker(process_view const& view, std::string const& library)
{
    if (view.framework_version.empty()) {
        return program() + " has no Boost.Test as a shared library";
    }
    auto const directory = library.substr(0, library.rfind('/') + 1);
    auto const worker = directory + "libtestmon_boost_test_worker-" + view.framework_version + ".so";
    if (::access(worker.c_str(), R_OK) != 0) {
        return program() + " uses Boost.Test " + view.framework_version + ", for which there is no " + worker;
    }
    if (::dlopen(worker.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        return ::dlerror();
    }
    return "";
}

__attribute__((constructor)) void look_and_load()
{
    auto const* const value = std::getenv(directory_variable);
    if (value == nullptr) {
        return;
    }
    std::string const directory = value;
    process_view view;
    ::dl_iterate_phdr(look_at_object, &view);
    auto const library = own_path();
    if (view.is_linked) {
        leave_environment(library);
        return;
    }
    auto const reason = load_worker(view, library);
    if (reason.empty()) {
        leave_environment(library);
        return;
    }
    // A script or a wrapper may still start a program that can be one: the environment stays.
    try {
        channel runner(directory);
        message_writer unavailable(message_type::unavailable);
        unavailable.text(reason);
        runner.send(unavailable);
        runner.wake_runner();
    } catch (std::exception const&) {
        return; // the runner is gone, or this is something that it has not started
    }
}

} // namespace
