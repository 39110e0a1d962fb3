// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_tree.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace testmon::boost_test
{

namespace ut = boost::unit_test;

namespace
{

// The way to a protected member that the language leaves open.
struct suite_access : ut::test_suite {
    static auto ranked_children() { return &suite_access::m_ranked_children; }
};

auto& children_of(ut::test_suite& suite)
{
    return suite.*suite_access::ranked_children();
}

std::string string_of(ut::const_string text)
{
    return std::string(text.begin(), text.end());
}

// Boost.Test hands out constant ones, and looks the others up by their ids.
template <class Unit>
Unit* mutable_unit(Unit const& unit)
{
    return const_cast<Unit*>(&unit); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void append(std::vector<std::string>& to, std::vector<std::string> const& more)
{
    to.insert(to.end(), more.begin(), more.end());
}

std::vector<std::string> dependencies_of(ut::test_unit const& unit)
{
    std::vector<std::string> result;
    for (auto const id : unit.p_dependencies.get()) {
        result.push_back(ut::framework::get(id, ut::TUT_ANY).full_name());
    }
    return result;
}

} // namespace

struct test_tree::collector : ut::test_tree_visitor {
    collector(test_tree& target, ut::test_unit_id own) : tree(target), not_of_user(own) {}

    void visit(ut::test_case const& unit) override { tree.cases_.push_back({mutable_unit(unit), inner}); }
    bool test_suite_start(ut::test_suite const& unit) override
    {
        if (unit.p_id == not_of_user) {
            return false;
        }
        tree.suites_.push_back({mutable_unit(unit), inner});
        inner = &tree.suites_.back();
        return true;
    }
    void test_suite_finish(ut::test_suite const&) override { inner = inner->outer; }

    test_tree& tree;
    ut::test_unit_id not_of_user;
    suite* inner = nullptr;
};

// Writes the messages of cases, for which it keeps what those of one suite have in common.
class test_tree::describer
{
  public:
    std::string const& message_of(test const& what)
    {
        if (what.parent != suite_) {
            look_around(*what.parent);
        }
        auto const& unit = *what.unit;
        message_ = message_writer(message_type::unit);
        message_.text(in_suite_ + unit.p_name.get())
            .text(path_)
            .text(shared_)
            .text(string_of(unit.p_file_name))
            .u64(unit.p_line_num)
            .u8(unit.is_enabled() ? 1 : 0)
            .u32(unit.p_timeout)
            .u64(unit.p_expected_failures);
        write(labels_, unit.p_labels.get());
        write(dependencies_of(unit), dependencies_);
        return message_.bytes();
    }

  private:
    void look_around(suite const& inner)
    {
        suite_ = &inner;
        path_ = inner.is_master() ? "" : inner.unit->full_name();
        in_suite_ = inner.is_master() ? "" : path_ + '/';
        shared_.clear();
        labels_.clear();
        dependencies_.clear();
        for (auto const* at = &inner; !at->is_master(); at = at->outer) {
            auto const& unit = *at->unit;
            if (!unit.p_fixtures->empty() || unit.p_timeout != 0) {
                shared_ = unit.full_name(); // the outermost one
            }
            labels_.insert(labels_.begin(), unit.p_labels->begin(), unit.p_labels->end());
            append(dependencies_, dependencies_of(unit));
        }
    }

    template <class First, class Second>
    void write(First const& first, Second const& second)
    {
        message_.u32(static_cast<std::uint32_t>(first.size() + second.size()));
        for (auto const& text : first) {
            message_.text(text);
        }
        for (auto const& text : second) {
            message_.text(text);
        }
    }

    suite const* suite_ = nullptr;
    std::string path_{};
    std::string in_suite_{}; // what the paths of its cases begin with
    std::string shared_{};
    std::vector<std::string> labels_{};
    std::vector<std::string> dependencies_{};
    message_writer message_{message_type::unit};
};

void test_tree::read(ut::test_unit_id own)
{
    collector visitor(*this, own);
    ut::traverse_test_tree(ut::framework::master_test_suite(), visitor, true);
    std::unordered_set<ut::test_unit_id> awaited; // something depends on them
    auto const note = [&](ut::test_unit const& unit) {
        awaited.insert(unit.p_dependencies->begin(), unit.p_dependencies->end());
    };
    numbers_.reserve(cases_.size());
    for (auto const& one : cases_) {
        numbers_.emplace(one.unit->p_id, static_cast<std::uint32_t>(numbers_.size()));
        note(*one.unit);
    }
    for (auto const& one : suites_) {
        note(*one.unit);
    }
    for (auto& one : suites_) { // outer ones come first
        if (one.is_master()) {
            continue;
        }
        auto const& unit = *one.unit;
        one.is_awaited = one.outer->is_awaited || awaited.count(unit.p_id) != 0;
        one.is_walked = one.outer->is_walked || one.is_awaited || !unit.p_fixtures->empty() ||
                        !unit.p_preconditions->empty() || !unit.p_dependencies->empty() ||
                        unit.p_timeout != 0;
    }
}

std::uint32_t test_tree::number_of(ut::test_unit_id id) const
{
    auto const found = numbers_.find(id);
    return found == numbers_.end() ? no_case : found->second;
}

std::uint64_t test_tree::describe(channel* runner) const
{
    // Some thousand messages in a few calls of the system instead of as many.
    constexpr std::size_t chunk = std::size_t{64} * 1024;
    constexpr std::uint64_t prime = 0x100000001b3U;
    std::uint64_t hash = 0; // it only has to tell an accident
    std::string bytes;
    describer texts;
    for (auto const& one : cases_) {
        auto const& message = texts.message_of(one);
        hash = (hash ^ std::hash<std::string>()(message)) * prime;
        if (runner == nullptr) {
            continue;
        }
        bytes += message;
        if (bytes.size() >= chunk || &one == &cases_.back()) {
            runner->send_all(bytes);
            bytes.clear();
        }
    }
    return hash;
}

void test_tree::select(std::string_view bits)
{
    for (auto const& one : suites_) {
        if (!one.is_master()) {
            one.unit->p_run_status.value = ut::test_unit::RS_DISABLED;
        }
    }
    for (std::size_t i = 0; i < cases_.size(); ++i) {
        bool const selected = (static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1U) != 0;
        cases_[i].unit->p_run_status.value =
            selected ? ut::test_unit::RS_ENABLED : ut::test_unit::RS_DISABLED;
        if (selected) {
            for (auto const* at = cases_[i].parent; !at->is_master() && !at->unit->is_enabled();
                 at = at->outer) {
                at->unit->p_run_status.value = ut::test_unit::RS_ENABLED;
            }
        }
    }
    // Boost.Test would come to what is left out, and skip for it what depends on a suite around it.
    auto const skip = [](ut::test_unit const& unit, suite const& outer) {
        if (!unit.is_enabled() && outer.is_awaited) {
            ut::results_collector.test_unit_skipped(unit, "disabled");
        }
    };
    for (auto const& one : cases_) {
        skip(*one.unit, *one.parent);
    }
    for (auto const& one : suites_) {
        if (!one.is_master()) {
            skip(*one.unit, *one.outer);
        }
    }
}

void test_tree::clear()
{
    for (auto const& one : suites_) {
        children_of(*one.unit).clear();
    }
}

std::size_t test_tree::insert(std::vector<std::uint32_t> const& numbers, std::size_t first,
                              ut::test_unit_id last)
{
    auto& master = ut::framework::master_test_suite();
    auto& top = children_of(master);
    // What has been run is not needed any more; the last one is where Boost.Test stands.
    while (top.size() > 1) {
        top.erase(top.begin());
    }
    std::unordered_set<ut::test_unit_id> entered;
    std::vector<ut::test_suite*> open; // the suites around the previous case, from the outermost
    std::size_t i = first;
    for (; i < numbers.size(); ++i) {
        auto const number = numbers[i];
        auto const& unit = *cases_[number].unit;
        if (is_direct(number)) {
            top.emplace(++rank_, unit.p_id);
            open.clear();
            continue;
        }
        std::vector<ut::test_suite*> around;
        for (auto const* at = cases_[number].parent; !at->is_master(); at = at->outer) {
            around.insert(around.begin(), at->unit);
        }
        std::size_t common = 0;
        while (common < open.size() && common < around.size() && open[common] == around[common]) {
            ++common;
        }
        // A suite that was left is come to once only.
        if (common < around.size() && entered.count(around[common]->p_id) != 0) {
            break;
        }
        for (std::size_t depth = common; depth < around.size(); ++depth) {
            auto& entering = *around[depth];
            entered.insert(entering.p_id);
            children_of(entering).clear();
            children_of(depth == 0 ? master : *around[depth - 1]).emplace(++rank_, entering.p_id);
        }
        children_of(*around.back()).emplace(++rank_, unit.p_id);
        open = std::move(around);
    }
    top.emplace(++rank_, last);
    return i;
}

void test_tree::remove(std::vector<std::uint32_t> const& numbers, std::size_t first, std::size_t last)
{
    auto const take_out = [](ut::test_suite& from, ut::test_unit_id id) {
        auto& children = children_of(from);
        auto const found = std::find_if(children.rbegin(), children.rend(),
                                        [&](auto const& child) { return child.second == id; });
        if (found != children.rend()) {
            children.erase(std::prev(found.base()));
        }
        return children.empty();
    };
    for (auto i = last; i-- > first;) {
        auto const& unit = *cases_[numbers[i]].unit;
        if (is_direct(numbers[i])) {
            take_out(ut::framework::master_test_suite(), unit.p_id);
            continue;
        }
        // A suite without a case is not entered. One that has been entered still holds what it is at.
        auto id = unit.p_id.get();
        for (auto const* at = cases_[numbers[i]].parent; at != nullptr && take_out(*at->unit, id);
             at = at->outer) {
            id = at->unit->p_id;
        }
    }
}

bool test_tree::is_inside(std::uint32_t number, ut::test_unit_id suite_id) const
{
    if (is_direct(number)) {
        return false; // it is not put into its suite, which may be there for others
    }
    auto const* at = cases_[number].parent;
    while (!at->is_master() && at->unit->p_id != suite_id) {
        at = at->outer;
    }
    return !at->is_master();
}

} // namespace testmon::boost_test
