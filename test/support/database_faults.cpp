// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A layer between SQLite and the operating system, as https://www.sqlite.org/vfs.html describes ("VFS
// shims").
#include "support/database_faults.hpp"

#include <sqlite3.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace testmon::test
{

namespace
{

std::string action;
long steps_left = 0;
sqlite3_vfs* real_vfs = nullptr;

// Returns: the code to fail with.
int step()
{
    if (action.empty() || --steps_left != 0) {
        return SQLITE_OK;
    }
    if (action == "kill") {
        ::kill(::getpid(), SIGKILL);
    }
    return action == "full" ? SQLITE_FULL : SQLITE_IOERR;
}

// The real file lies behind it in memory.
struct shim_file {
    sqlite3_file base;
    sqlite3_io_methods methods;
};

sqlite3_file* real(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<shim_file*>(file) + 1);
}

template <class Call>
int after_step(sqlite3_file* file, Call call)
{
    int const code = step();
    return code != SQLITE_OK ? code : call(real(file));
}

sqlite3_io_methods shim_methods(int version)
{
    sqlite3_io_methods m{};
    m.iVersion = version < 2 ? version : 2; // without memory-mapped reading
    m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        return real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xWrite = [](sqlite3_file* f, void const* from, int size, sqlite3_int64 at) {
        return after_step(f, [=](sqlite3_file* r) { return r->pMethods->xWrite(r, from, size, at); });
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return after_step(f, [=](sqlite3_file* r) { return r->pMethods->xTruncate(r, size); });
    };
    m.xSync = [](sqlite3_file*, int) { return step(); };
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return real(f)->pMethods->xFileSize(real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
    m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* result) {
        return real(f)->pMethods->xCheckReservedLock(real(f), result);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* argument) {
        return real(f)->pMethods->xFileControl(real(f), op, argument);
    };
    m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
        return real(f)->pMethods->xDeviceCharacteristics(real(f));
    };
    m.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** memory) {
        return after_step(
            f, [=](sqlite3_file* r) { return r->pMethods->xShmMap(r, region, size, extend, memory); });
    };
    m.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
        auto const lock = [=](sqlite3_file* r) { return r->pMethods->xShmLock(r, offset, count, flags); };
        // To unlock cannot fail, but a process can be killed before it.
        return action == "kill" || (flags & SQLITE_SHM_UNLOCK) == 0 ? after_step(f, lock) : lock(real(f));
    };
    m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
    return m;
}

int open_file(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* flags_out)
{
    auto* shim = reinterpret_cast<shim_file*>(file);
    shim->base.pMethods = nullptr;
    if (int const code = step(); code != SQLITE_OK) {
        return code;
    }
    int const code = real_vfs->xOpen(real_vfs, name, real(file), flags, flags_out);
    if (real(file)->pMethods != nullptr) {
        shim->methods = shim_methods(real(file)->pMethods->iVersion);
        shim->base.pMethods = &shim->methods;
    }
    return code;
}

int remove_file(sqlite3_vfs*, char const* name, int sync)
{
    int const code = step();
    return code != SQLITE_OK ? code : real_vfs->xDelete(real_vfs, name, sync);
}

} // namespace

void install_database_faults()
{
    if (char const* fault = std::getenv("TESTMON_TEST_DATABASE_FAULT"); fault != nullptr) {
        char const* at = std::strchr(fault, '@');
        if (at == nullptr) {
            throw std::runtime_error("TESTMON_TEST_DATABASE_FAULT is not ACTION@N");
        }
        action.assign(fault, at);
        steps_left = std::atol(at + 1);
    }
    real_vfs = ::sqlite3_vfs_find(nullptr);
    static sqlite3_vfs shim = *real_vfs;
    shim.zName = "testmon-faults";
    shim.szOsFile = static_cast<int>(sizeof(shim_file)) + real_vfs->szOsFile;
    shim.xOpen = open_file;
    shim.xDelete = remove_file;
    if (::sqlite3_vfs_register(&shim, 1) != SQLITE_OK) {
        throw std::runtime_error("the layer cannot be put in");
    }
}

} // namespace testmon::test
