// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The file of acknowledgments: exact under every sequence of changes (G3), completed when a kill cut a change
// short, and refused when it is not what the library wrote.
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include "xdist_coordination/roster_file.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using boost::filesystem::path;
namespace data = boost::unit_test::data;
using validity = roster_file::validity;

namespace
{

constexpr std::size_t buckets_begin = 512;
constexpr std::size_t records_begin = 8192;

record_lock lock_in(path const& directory)
{
    auto lock =
        record_lock::acquire(directory / "lock", std::chrono::steady_clock::now() + std::chrono::minutes(1),
                             record_lock::missing_file::create);
    return std::move(lock.value());
}

// A roster by itself, without a run around it.
struct lone_roster {
    scratch_directory scratch{};
    path where = scratch.path() / "roster";
    record_lock lock = lock_in(scratch.path());

    lone_roster() { roster_file::create(lock, where, own_identity(), "a-run", 0); }

    roster_file open() const { return roster_file(where, true); }
    std::uint64_t counted() const
    {
        roster_file const roster(where, false);
        roster.require_valid();
        return roster.header().acknowledged;
    }
};

process_identity process(std::int64_t pid)
{
    return {pid, 100, 0};
}

// What a roster is meant to be: the simplest thing that could keep the same account.
class model
{
  public:
    void announce(std::string const& id, process_identity const& who) { enter(id, who, false); }
    void acknowledge(std::string const& id, process_identity const& who) { enter(id, who, true); }
    bool leave(std::string const& id, process_identity const& who)
    {
        bool const is_present = present(id, who);
        if (is_present) {
            workers_[id].left = true;
        }
        return is_present;
    }
    bool withdraw(std::string const& id, process_identity const& who)
    {
        bool const is_present = present(id, who);
        if (is_present) {
            workers_[id].acknowledged = false;
            workers_[id].who = {0, 0, who.pid_namespace};
        }
        return is_present;
    }
    void begin_round()
    {
        for (auto& [id, worker] : workers_) {
            worker.acknowledged = false;
        }
    }
    std::uint64_t counted() const
    {
        return static_cast<std::uint64_t>(std::count_if(
            workers_.begin(), workers_.end(), [](auto const& pair) { return pair.second.acknowledged; }));
    }
    std::string text() const
    {
        std::string result;
        for (auto const& [id, worker] : workers_) {
            result += line(id, worker.who.pid, worker.acknowledged, worker.left);
        }
        return result;
    }
    static std::string line(std::string const& id, std::int64_t pid, bool acknowledged, bool left)
    {
        return id + " " + std::to_string(pid) + (acknowledged ? " acknowledged" : "") +
               (left ? " left" : "") + "\n";
    }

  private:
    struct entry {
        process_identity who{};
        bool acknowledged = false;
        bool left = false;
    };

    bool present(std::string const& id, process_identity const& who) const
    {
        auto const found = workers_.find(id);
        return found != workers_.end() && found->second.who == who && !found->second.left;
    }
    void enter(std::string const& id, process_identity const& who, bool acknowledged)
    {
        bool const had = present(id, who) && workers_[id].acknowledged;
        workers_[id] = {who, acknowledged || had, false};
    }

    std::map<std::string, entry> workers_{};
};

std::string text_of_roster(roster_file const& roster)
{
    std::vector<std::string> lines;
    for (auto const& record : roster.records()) {
        lines.push_back(model::line(record.worker_id(), record.pid,
                                    record.acknowledged_round == roster.header().round,
                                    record.has_left != 0));
    }
    std::sort(lines.begin(), lines.end());
    std::string result;
    for (auto const& line : lines) {
        result += line;
    }
    return result;
}

void overwrite(path const& file, std::size_t offset, std::string const& bytes)
{
    std::fstream stream(file.native(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream << bytes;
}

template <typename Value>
std::string bytes_of(Value value)
{
    std::string result(sizeof value, '\0');
    std::memcpy(result.data(), &value, sizeof value);
    return result;
}

struct damage {
    std::string name;
    std::function<void(path const&)> inflict;
};

std::ostream& operator<<(std::ostream& out, damage const& d)
{
    return out << d.name;
}

std::vector<damage> damages()
{
    auto const at = [](std::size_t offset, std::string const& bytes) {
        return [=](path const& file) { overwrite(file, offset, bytes); };
    };
    return {
        {"empty", [](path const& file) { replace_text(file, ""); }},
        {"one byte", [](path const& file) { replace_text(file, "T"); }},
        {"zeros", [](path const& file) { replace_text(file, std::string(20'000, '\0')); }},
        {"garbage", [](path const& file) { replace_text(file, std::string(20'000, '\xAA')); }},
        {"cut short in the header", [](path const& file) { boost::filesystem::resize_file(file, 100); }},
        {"cut short in the table", [](path const& file) { boost::filesystem::resize_file(file, 5000); }},
        {"cut short in a record",
         [](path const& file) { boost::filesystem::resize_file(file, records_begin + 100); }},
        {"without records", [](path const& file) { boost::filesystem::resize_file(file, records_begin); }},
        {"another magic", at(offsetof(roster_header, magic), "t")},
        {"another version", at(offsetof(roster_header, format_version), bytes_of(std::uint32_t{2}))},
        {"another record size", at(offsetof(roster_header, record_size), bytes_of(std::uint32_t{64}))},
        {"no controller", at(offsetof(roster_header, controller_pid), bytes_of(std::int64_t{0}))},
        {"a negative controller", at(offsetof(roster_header, controller_pid), bytes_of(std::int64_t{-1}))},
        {"more records than there are", at(offsetof(roster_header, records), bytes_of(std::uint64_t{1000}))},
        {"very many records", at(offsetof(roster_header, records), bytes_of(~std::uint64_t{0}))},
        {"a number of records that overflows",
         at(offsetof(roster_header, records), bytes_of(std::uint64_t{1} << 57))},
        {"more acknowledgments than records",
         at(offsetof(roster_header, acknowledged), bytes_of(std::uint64_t{3}))},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(roster)

BOOST_AUTO_TEST_CASE(a_new_one_is_empty)
{
    lone_roster const lone;
    roster_file const roster(lone.where, false);
    BOOST_TEST((roster.state() == validity::valid));
    BOOST_TEST(roster.header().token() == "a-run");
    BOOST_TEST((roster.header().controller() == own_identity()));
    BOOST_TEST(roster.header().acknowledged == 0U);
    BOOST_TEST(roster.header().generation == 0U);
    BOOST_TEST(roster.records().empty());
    BOOST_TEST(!roster.is_awaited());
}

BOOST_AUTO_TEST_CASE(one_that_is_absent_is_no_damage)
{
    scratch_directory const scratch;
    roster_file const roster(scratch.path() / "roster", false);
    BOOST_TEST((roster.state() == validity::absent));
    roster.require_undamaged();
    BOOST_CHECK_THROW(roster.require_valid(), coordination_file_error);
}

// G3. Every sequence of changes leaves what the model says; with processes that take over each other's ids,
// and enough ids for chains in the table.
BOOST_AUTO_TEST_CASE(it_keeps_the_same_account_as_the_model)
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        lone_roster const lone;
        model expected;
        std::mt19937 random(seed);
        auto const one_of = [&](unsigned count) { return static_cast<int>(random() % count); };
        bool const few = seed % 2 == 0;
        for (int step = 0; step < 300; ++step) {
            auto const id = "w" + std::to_string(one_of(few ? 4 : 100));
            auto const who = process(1 + one_of(3));
            auto roster = lone.open();
            std::uint64_t const changes = roster.header().changes;
            auto const before = expected.text();
            switch (one_of(9)) {
            case 0:
            case 1:
                roster.announce(lone.lock, id, who);
                expected.announce(id, who);
                break;
            case 2:
            case 3:
            case 4:
                roster.acknowledge(lone.lock, id, who);
                expected.acknowledge(id, who);
                break;
            case 5:
            case 6:
                BOOST_TEST(roster.leave(lone.lock, id, who) == expected.leave(id, who));
                break;
            case 7:
                BOOST_TEST(roster.withdraw(lone.lock, id, who) == expected.withdraw(id, who));
                break;
            default:
                if (one_of(10) == 0) {
                    roster.begin_round(lone.lock, static_cast<std::uint64_t>(step));
                    expected.begin_round();
                }
            }
            BOOST_REQUIRE(lone.counted() == expected.counted());
            BOOST_REQUIRE(text_of_roster(lone.open()) == expected.text());
            // A change of what is there is counted, so that a waiter sees it.
            BOOST_REQUIRE((expected.text() == before || lone.open().header().changes > changes));
        }
    }
}

BOOST_AUTO_TEST_CASE(to_acknowledge_or_announce_again_changes_nothing) // G3
{
    lone_roster const lone;
    lone.open().acknowledge(lone.lock, "gw0", process(7));
    auto const before = text_of(lone.where);
    lone.open().acknowledge(lone.lock, "gw0", process(7));
    lone.open().announce(lone.lock, "gw0", process(7)); // a late announcement takes nothing back
    BOOST_TEST((text_of(lone.where) == before));
    lone.open().announce(lone.lock, "gw0", process(8)); // a new process has not acknowledged yet
    BOOST_TEST(lone.counted() == 0U);
}

BOOST_AUTO_TEST_CASE(ids_of_one_chain_are_told_apart)
{
    lone_roster const lone;
    constexpr std::size_t workers = 3000; // of 1024 chains
    for (std::size_t i = 0; i < workers; ++i) {
        lone.open().acknowledge(lone.lock, "gw" + std::to_string(i), process(1));
    }
    BOOST_TEST(lone.counted() == workers);
    for (std::size_t i = 0; i < workers; i += 100) {
        auto roster = lone.open();
        BOOST_TEST(roster.leave(lone.lock, "gw" + std::to_string(i), process(1)));
        BOOST_TEST(!roster.leave(lone.lock, "gw" + std::to_string(i), process(1)));
        BOOST_TEST(!roster.leave(lone.lock, "gw" + std::to_string(workers + i), process(1)));
    }
    BOOST_TEST(lone.open().records().size() == workers);
}

BOOST_AUTO_TEST_CASE(an_id_of_full_length_and_its_beginning_are_different)
{
    lone_roster const lone;
    lone.open().acknowledge(lone.lock, std::string(64, 'a'), process(1));
    lone.open().acknowledge(lone.lock, std::string(63, 'a'), process(1));
    lone.open().acknowledge(lone.lock, std::string(64, 'a'), process(1));
    BOOST_TEST(lone.counted() == 2U);
    BOOST_TEST(lone.open().records().at(0).worker_id() == std::string(64, 'a'));
}

BOOST_AUTO_TEST_CASE(a_change_that_was_cut_short_is_completed) // G3
{
    lone_roster const lone;
    for (int i = 0; i < 50; ++i) {
        lone.open().acknowledge(lone.lock, "gw" + std::to_string(i), process(1 + i));
    }
    lone.open().withdraw(lone.lock, "gw7", process(8));
    auto const expected = text_of_roster(lone.open());
    // The marks of a change under way, a wrong count, and a table that leads nowhere.
    auto const mark = [&] {
        overwrite(lone.where, offsetof(roster_header, changing), bytes_of(std::uint64_t{1}));
        overwrite(lone.where, offsetof(roster_header, acknowledged), bytes_of(std::uint64_t{12}));
        overwrite(lone.where, buckets_begin, std::string(1024 * sizeof(std::uint32_t), '\0'));
    };
    std::vector<std::function<void(roster_file&)>> const next_changes{
        [&](roster_file& r) { r.repair(lone.lock); },
        [&](roster_file& r) { r.acknowledge(lone.lock, "gw3", process(4)); },
        [&](roster_file& r) { r.announce(lone.lock, "gw3", process(4)); },
        [&](roster_file& r) { r.leave(lone.lock, "stranger", process(4)); },
        [&](roster_file& r) { r.withdraw(lone.lock, "stranger", process(4)); },
    };
    for (auto const& change : next_changes) {
        mark();
        auto roster = lone.open();
        change(roster);
        BOOST_TEST(lone.counted() == 49U);
        BOOST_TEST(lone.open().header().changing == 0U);
        BOOST_TEST(text_of_roster(lone.open()) == expected);
    }
    // And one of a worker that was not there before finds its place in the chains that were built anew.
    mark();
    lone.open().acknowledge(lone.lock, "gw50", process(1));
    lone.open().acknowledge(lone.lock, "gw49", process(50));
    BOOST_TEST(lone.counted() == 50U);
    BOOST_TEST(lone.open().records().size() == 51U);
}

BOOST_AUTO_TEST_CASE(a_record_that_was_cut_off_after_it_was_written_is_not_counted) // G3
{
    lone_roster const lone;
    lone.open().acknowledge(lone.lock, "gw0", process(1));
    // Killed after the record was written and before the header: one record more than the header knows of.
    roster_record record = lone.open().records().at(0);
    record.id[2] = '1';
    overwrite(lone.where, records_begin + sizeof record, bytes_of(record));
    overwrite(lone.where, offsetof(roster_header, changing), bytes_of(std::uint64_t{1}));
    lone.open().acknowledge(lone.lock, "gw2", process(1));
    BOOST_TEST(lone.counted() == 2U);
    BOOST_TEST(lone.open().records().at(1).worker_id() == "gw2");
}

BOOST_AUTO_TEST_CASE(a_new_round_forgets_all_but_the_names)
{
    lone_roster const lone;
    lone.open().acknowledge(lone.lock, "gw0", process(1));
    auto const round = lone.open().header().round;
    lone.open().begin_round(lone.lock, 5);
    BOOST_TEST(lone.counted() == 0U);
    BOOST_TEST(lone.open().header().generation == 5U);
    BOOST_TEST(lone.open().header().round > round);
    BOOST_TEST(lone.open().records().size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_waits_is_to_be_woken_when_it_comes_true) // G4
{
    lone_roster const lone;
    lone.open().await(2, 0);
    auto roster = lone.open();
    BOOST_TEST(!roster.is_awaited());
    roster.acknowledge(lone.lock, "gw0", process(1));
    BOOST_TEST(!roster.is_awaited());
    roster.acknowledge(lone.lock, "gw1", process(1));
    BOOST_TEST(roster.is_awaited());
    lone.open().await(9, roster.header().changes + 2);
    BOOST_TEST(!roster.is_awaited());
    roster.announce(lone.lock, "gw2", process(1));
    BOOST_TEST(!roster.is_awaited());
    roster.leave(lone.lock, "gw2", process(1));
    BOOST_TEST(roster.is_awaited());
    // A change does not overwrite what is being asked for at the same time.
    lone.open().await(3, 0);
    roster.acknowledge(lone.lock, "gw3", process(1));
    BOOST_TEST(roster.is_awaited());
    lone.open().await(0, 0);
    BOOST_TEST(!roster.is_awaited());
}

BOOST_AUTO_TEST_CASE(one_of_another_boot_is_a_leftover) // G2
{
    lone_roster const lone;
    overwrite(lone.where, offsetof(roster_header, boot_id), "0");
    overwrite(lone.where, offsetof(roster_header, boot_id) + 1, "-");
    roster_file const roster(lone.where, false);
    BOOST_TEST((roster.state() == validity::leftover));
    roster.require_undamaged();
    BOOST_CHECK_THROW(roster.require_valid(), coordination_file_error);
}

BOOST_DATA_TEST_CASE(a_damaged_one_is_refused_and_replaced, data::make(damages()), what)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    manager.acknowledge_worker_ready("gw1");
    auto const where = run_directory_in(root.path()) / "acknowledgments";
    what.inflict(where);
    auto const damaged = text_of(where);
    boost::system::error_code code;
    error_details details;
    auto const check = [&] {
        BOOST_TEST((code == errc::damaged_roster));
        BOOST_TEST(details.path == where.native());
        BOOST_TEST(holds(details.message, where.native(), "publish anew"), details.message);
    };
    manager.ready_workers(code, &details);
    check();
    manager.status(code, &details);
    check();
    manager.wait_for_workers(1, {}, code, &details);
    check();
    manager.acknowledge_worker_ready("gw2", code, &details);
    check();
    manager.acknowledge_worker_ready("gw2", state, code, &details);
    check();
    manager.reset_worker_acknowledgments(code, &details);
    check();
    BOOST_TEST((text_of(where) == damaged)); // nobody made it worse
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
    // The next publication is a run with an account of its own.
    BOOST_TEST(manager.write_controller_state({}).generation() == 2U);
    BOOST_TEST(manager.ready_workers().empty());
    manager.acknowledge_worker_ready("gw2");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_chain_that_leads_nowhere_or_in_a_circle_is_an_error_and_no_hang)
{
    lone_roster const lone;
    lone.open().acknowledge(lone.lock, "gw0", process(1));
    auto const good = text_of(lone.where);
    auto const search = [&] {
        auto const e = thrown_by<coordination_file_error>(
            [&] { lone.open().acknowledge(lone.lock, "gw1", process(1)); });
        BOOST_TEST((e.code() == errc::damaged_roster));
        BOOST_TEST(holds(e.what(), lone.where.native()));
    };
    std::string everywhere;
    for (int i = 0; i < 1024; ++i) {
        everywhere += bytes_of(std::uint32_t{77});
    }
    overwrite(lone.where, buckets_begin, everywhere);
    search();
    everywhere.clear();
    for (int i = 0; i < 1024; ++i) {
        everywhere += bytes_of(std::uint32_t{1});
    }
    replace_text(lone.where, good);
    overwrite(lone.where, buckets_begin, everywhere);
    overwrite(lone.where, records_begin + offsetof(roster_record, next), bytes_of(std::uint32_t{1}));
    search();
}

BOOST_AUTO_TEST_CASE(it_does_not_grow_without_an_end)
{
    lone_roster const lone;
    constexpr std::uint64_t most = 1'000'000;
    overwrite(lone.where, offsetof(roster_header, records), bytes_of(most));
    boost::filesystem::resize_file(lone.where, records_begin + most * sizeof(roster_record)); // sparse
    auto const e =
        thrown_by<coordination_file_error>([&] { lone.open().acknowledge(lone.lock, "gw0", process(1)); });
    BOOST_TEST(e.code().value() == EFBIG);
}

BOOST_AUTO_TEST_SUITE_END()
