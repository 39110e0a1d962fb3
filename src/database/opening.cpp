// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What must be true before a file is read or written as a database of ours. A file of another program is not
// touched, not even by SQLite's own housekeeping: it is looked at through an "immutable" connection first,
// which takes no lock and makes no file.
#include "connection.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Savepoint.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <thread>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace testmon::database
{

namespace
{

namespace fs = boost::filesystem;
using steady = std::chrono::steady_clock;

constexpr char opening[] = "open the database";
constexpr char creating[] = "create the database";
constexpr char migrating[] = "migrate the database";

// What the header of a file says.
struct identity {
    std::int64_t application_id = 0;
    std::int64_t version = 0;
    std::int64_t objects = 0; // tables, indexes and so on
    bool is_of_pytest_testmon = false;

    bool operator==(identity const& other) const
    {
        return application_id == other.application_id && version == other.version &&
               objects == other.objects && is_of_pytest_testmon == other.is_of_pytest_testmon;
    }
};

enum class presence { missing, empty, content };

presence look_at(fs::path const& path)
{
    struct stat found {
    };
    if (::stat(path.c_str(), &found) != 0) {
        auto const error = errno;
        if (error != ENOENT) {
            throw database_error({error, boost::system::system_category()}, path, opening,
                                 boost::system::system_category().message(error));
        }
        auto const directory = fs::absolute(path).parent_path();
        boost::system::error_code ignored;
        if (!fs::is_directory(directory, ignored)) {
            throw database_error(errc::missing, path, opening,
                                 "the directory " + directory.native() + " does not exist");
        }
        return presence::missing;
    }
    if (!S_ISREG(found.st_mode)) {
        throw database_error(errc::foreign, path, opening, "it is not a regular file");
    }
    return found.st_size == 0 ? presence::empty : presence::content;
}

bool is_there(fs::path const& path)
{
    boost::system::error_code ignored;
    return fs::exists(path, ignored);
}

bool has_content(fs::path const& path)
{
    boost::system::error_code ec;
    auto const size = fs::file_size(path, ec);
    return !ec && size > 0;
}

// As a URI, in which these characters mean something.
std::string immutable_uri(fs::path const& path)
{
    constexpr char digits[] = "0123456789abcdef";
    auto const absolute = fs::absolute(path).native();
    std::string uri = "file:";
    for (char const c : absolute) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '%' || c == '?' || c == '#') {
            uri += '%';
            uri += digits[byte >> 4U];
            uri += digits[byte & 0xfU];
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

SQLite::Database open_immutable(fs::path const& path)
{
    return SQLite::Database(immutable_uri(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

identity identity_of(SQLite::Database& database)
{
    // All of one moment: somebody may be making the database just now.
    SQLite::Savepoint one_moment(database, "identity");
    identity result;
    result.application_id = number(database, "PRAGMA application_id");
    result.version = number(database, "PRAGMA user_version");
    result.objects = number(database, "SELECT count(*) FROM sqlite_master");
    result.is_of_pytest_testmon =
        number(database, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND "
                         "name IN ('metadata', 'environment', 'test_execution', 'file_fp', 'node')") >= 3;
    one_moment.release(); // its destructor leaves the transaction open
    return result;
}

// Empty in the sense of SQLite: somebody made the file, and was killed before the first transaction was
// complete.
bool is_blank(identity const& who)
{
    return who.application_id == 0 && who.version == 0 && who.objects == 0;
}

void refuse_others(fs::path const& path, identity const& who, std::int64_t newest)
{
    if (who.application_id != schema::application_id) {
        throw database_error(errc::foreign, path, opening,
                             who.is_of_pytest_testmon
                                 ? "it is a database of pytest-testmon; testmon needs a file of its own"
                                 : "it is a database of another program");
    }
    if (who.version > newest) {
        throw database_error(errc::newer, path, opening,
                             "its schema has version " + std::to_string(who.version) +
                                 ", this testmon knows " + std::to_string(newest));
    }
}

// What the file alone looks like, without a lock, while others may be writing it.
struct glance {
    bool is_complete = false; // there is neither a journal nor a log that SQLite would have to look at
    std::optional<identity> who{};
    std::optional<SQLite::Exception> failure{};
};

glance glance_at(fs::path const& path)
{
    auto const has_no_log = [&] {
        return !is_there(path.native() + "-journal") && !is_there(path.native() + "-wal");
    };
    glance result;
    result.is_complete = has_no_log();
    try {
        auto database = open_immutable(path);
        result.who = identity_of(database);
    } catch (SQLite::Exception const& e) {
        result.failure = e;
    }
    result.is_complete = result.is_complete && has_no_log();
    return result;
}

// Refuses what is not ours. The answer counts if the file is complete, and looks the same a second time:
// somebody may be making it just now. What stays open is for SQLite to say, under its lock.
void check_before_opening(fs::path const& path, std::int64_t newest)
{
    auto const first = glance_at(path);
    if (first.who && first.who->application_id == schema::application_id && first.who->version <= newest) {
        return;
    }
    auto const second = glance_at(path);
    if (!first.is_complete || !second.is_complete || !(first.who == second.who)) {
        return;
    }
    if (second.failure) {
        fail(path, opening, *second.failure, 0);
    }
    refuse_others(path, *second.who, newest);
}

bool is_on_read_only_file_system(fs::path const& path)
{
    struct statvfs found {
    };
    return ::statvfs(path.c_str(), &found) == 0 && (found.f_flag & ST_RDONLY) != 0;
}

std::unique_ptr<connection> open_file(fs::path const& path, int flags, std::chrono::milliseconds patience)
{
    try {
        return std::make_unique<connection>(
            path, SQLite::Database(path.native(), flags | SQLite::OPEN_NOMUTEX, busy_milliseconds(patience)));
    } catch (SQLite::Exception const& e) {
        fail(path, opening, e, 0);
    }
}

// A log that nobody may write to any more. On a file system that is mounted read-only nobody writes to the
// database either, so that SQLite needs no lock, and no files for it.
std::unique_ptr<connection> open_for_reading(fs::path const& path, std::chrono::milliseconds patience)
{
    if (is_on_read_only_file_system(path) && !has_content(path.native() + "-wal")) {
        try {
            return std::make_unique<connection>(path, open_immutable(path));
        } catch (SQLite::Exception const& e) {
            fail(path, opening, e, 0);
        }
    }
    return open_file(path, SQLite::OPEN_READONLY, patience);
}

void keep_log_at_close(SQLite::Database& database, bool keep)
{
    ::sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

void apply(SQLite::Database& database, schema::steps const& steps, std::int64_t from)
{
    for (auto i = static_cast<std::size_t>(from); i < steps.size(); ++i) {
        database.exec(steps[i]);
    }
    database.exec("PRAGMA application_id = " + std::to_string(schema::application_id));
    database.exec("PRAGMA user_version = " + std::to_string(steps.size()));
}

// Before the log exists: one transaction, with SQLite's rollback journal, so that the file is either blank or
// whole, and says whose it is to those who look at nothing but the file.
void create(connection& opened, schema::steps const& steps)
{
    opened.attempt(creating, [&] {
        auto& database = opened.sqlite();
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::EXCLUSIVE);
        // Somebody else may have been faster, and it need not have been testmon.
        if (auto const who = identity_of(database); is_blank(who)) {
            apply(database, steps, 0);
        } else {
            refuse_others(opened.path(), who, static_cast<std::int64_t>(steps.size()));
        }
        transaction.commit();
    });
}

// Readers of the moment before the change can hold SQLite off, and it does not wait for them by itself.
void use_log(connection& opened, std::chrono::milliseconds patience)
{
    opened.attempt(creating, [&] {
        auto& database = opened.sqlite();
        auto const deadline = steady::now() + patience;
        for (;;) {
            try {
                auto const mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
                if (mode != "wal") {
                    throw database_error(
                        errc::io, opened.path(), creating,
                        "its file system does not let processes share memory; the journal mode "
                        "stays \"" +
                            mode + "\"");
                }
                return;
            } catch (SQLite::Exception const& e) {
                if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || steady::now() >= deadline) {
                    throw;
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
    });
}

// Whole or not at all, under a name that nothing has yet.
void copy(SQLite::Database& from, fs::path const& first_name)
{
    fs::path to = first_name;
    for (int i = 2; is_there(to); ++i) {
        to = first_name.native() + "-" + std::to_string(i);
    }
    fs::path const draft = to.native() + ".tmp";
    boost::system::error_code ec;
    fs::remove(draft, ec); // of somebody who was killed
    {
        SQLite::Database target(draft.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        if (auto const code = SQLite::Backup(target, from).executeStep(); code != SQLITE_DONE) {
            throw SQLite::Exception("the copy that is made before a migration failed", code);
        }
    }
    fs::rename(draft, to, ec);
    if (ec) {
        throw database_error(ec, to, migrating, ec.message());
    }
}

void migrate(connection& opened, schema::steps const& steps)
{
    opened.attempt(migrating, [&] {
        auto& database = opened.sqlite();
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        auto const who = identity_of(database);
        refuse_others(opened.path(), who, static_cast<std::int64_t>(steps.size()));
        if (who.version < static_cast<std::int64_t>(steps.size())) { // nobody else was faster
            SQLite::Database source(opened.path().native(), SQLite::OPEN_READONLY);
            copy(source, opened.path().native() + ".version-" + std::to_string(who.version));
            apply(database, steps, who.version);
        }
        transaction.commit();
    });
}

} // namespace

int busy_milliseconds(std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 20); // SQLite's own type is int
    return static_cast<int>(std::clamp(patience, std::chrono::milliseconds(0), longest).count());
}

std::unique_ptr<connection> open_read_only(fs::path const& path, std::chrono::milliseconds patience)
{
    switch (look_at(path)) {
    case presence::missing:
        throw database_error(errc::missing, path, opening, "the file does not exist");
    case presence::empty:
        throw database_error(errc::not_initialized, path, opening,
                             "the file is empty: its controller has not written it yet");
    case presence::content:
        break;
    }
    check_before_opening(path, schema::newest_version());
    auto opened = open_for_reading(path, patience);
    auto const who = opened->attempt(opening, [&] { return identity_of(opened->sqlite()); });
    if (is_blank(who)) {
        throw database_error(errc::not_initialized, path, opening, "its controller has not written it yet");
    }
    refuse_others(path, who, schema::newest_version());
    if (who.version < schema::newest_version()) {
        throw database_error(errc::older, path, opening,
                             "its schema has version " + std::to_string(who.version) +
                                 "; a controller, or "
                                 "\"testmon database prune\", brings it up to date");
    }
    return opened;
}

std::unique_ptr<connection> open_read_write(fs::path const& path, std::chrono::milliseconds patience,
                                            schema::steps const& steps)
{
    auto const newest = static_cast<std::int64_t>(steps.size());
    if (look_at(path) == presence::content) {
        check_before_opening(path, newest);
    }
    auto opened = open_file(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, patience);
    auto& database = opened->sqlite();
    // As long as it is not known to be ours: SQLite would bring the log of another program into its file at
    // the end.
    keep_log_at_close(database, true);
    if (::sqlite3_db_readonly(database.getHandle(), "main") == 1) {
        throw database_error(errc::read_only, path, opening, "the file may not be written to");
    }
    auto const who = opened->attempt(opening, [&] {
        // To look for what a row refers to takes a fifth of the time of recording it. The statements that
        // write look themselves, in the same transaction, or delete in an order that leaves nothing dangling.
        database.exec("PRAGMA foreign_keys = OFF");
        // What is committed outlives any kill; after a power failure the last transactions may be missing.
        database.exec("PRAGMA synchronous = NORMAL");
        database.exec("PRAGMA cache_size = -65536"); // up to 64 MiB, for batches
        // SQLite makes a table of the allowed outcomes for each row that it checks, which takes a third of
        // the time of recording it. What is recorded is an enumerator's name.
        database.exec("PRAGMA ignore_check_constraints = ON");
        return identity_of(database);
    });
    if (is_blank(who)) {
        create(*opened, steps);
    } else {
        refuse_others(path, who, newest);
        if (who.version < newest) {
            migrate(*opened, steps);
        }
    }
    use_log(*opened, patience);
    // Reads once more, so that what is wrong with the log is found here, and others see that the database is
    // in use.
    refuse_others(path, opened->attempt(opening, [&] { return identity_of(database); }), newest);
    keep_log_at_close(database, false);
    return opened;
}

} // namespace testmon::database
