// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_tree.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>

#include <algorithm>
#include <string>

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

ut::test_suite& parent_of(ut::test_unit const& unit)
{
    return ut::framework::get<ut::test_suite>(unit.p_parent_id);
}

bool is_master(ut::test_unit const& unit)
{
    return unit.p_id == ut::framework::master_test_suite().p_id;
}

std::string string_of(ut::const_string text)
{
    return std::string(text.begin(), text.end());
}

struct collector : ut::test_tree_visitor {
    collector(std::vector<ut::test_case*>& all_cases, std::vector<ut::test_suite*>& all_suites)
        : cases(all_cases), suites(all_suites)
    {
    }
    void visit(ut::test_case const& unit) override
    {
        cases.push_back(&ut::framework::get<ut::test_case>(unit.p_id));
    }
    bool test_suite_start(ut::test_suite const& unit) override
    {
        suites.push_back(&ut::framework::get<ut::test_suite>(unit.p_id));
        return true;
    }
    std::vector<ut::test_case*>& cases;
    std::vector<ut::test_suite*>& suites;
};

// What holds for a case: its own, and that of the suites around it.
template <class Visit>
void for_each_around(ut::test_unit const& unit, Visit const& visit)
{
    for (auto const* at = &unit; !is_master(*at); at = &parent_of(*at)) {
        visit(*at);
    }
}

message_writer unit_message(ut::test_case const& unit)
{
    std::string shared;
    std::vector<std::string> labels;
    std::vector<std::string> dependencies;
    for_each_around(unit, [&](ut::test_unit const& at) {
        if (&at != &unit && (!at.p_fixtures->empty() || at.p_timeout != 0)) {
            shared = at.full_name();
        }
        labels.insert(labels.begin(), at.p_labels->begin(), at.p_labels->end());
        for (auto const id : at.p_dependencies.get()) {
            dependencies.push_back(ut::framework::get(id, ut::TUT_ANY).full_name());
        }
    });
    message_writer message(message_type::unit);
    auto const& parent = parent_of(unit);
    message.text(unit.full_name())
        .text(is_master(parent) ? "" : parent.full_name())
        .text(shared)
        .text(string_of(unit.p_file_name))
        .u64(unit.p_line_num)
        .u8(unit.is_enabled() ? 1 : 0)
        .u32(unit.p_timeout)
        .u64(unit.p_expected_failures);
    for (auto const* list : {&labels, &dependencies}) {
        message.u32(static_cast<std::uint32_t>(list->size()));
        for (auto const& text : *list) {
            message.text(text);
        }
    }
    return message;
}

} // namespace

void test_tree::read(ut::test_unit_id own)
{
    collector all(cases_, suites_);
    ut::traverse_test_tree(ut::framework::master_test_suite(), all, true);
    cases_.erase(std::remove_if(cases_.begin(), cases_.end(),
                                [&](ut::test_case const* one) { return one->p_parent_id == own; }),
                 cases_.end());
    suites_.erase(std::remove_if(suites_.begin(), suites_.end(),
                                 [&](ut::test_suite const* one) { return one->p_id == own; }),
                  suites_.end());
    for (auto const* unit : cases_) {
        numbers_.emplace(unit->p_id, static_cast<std::uint32_t>(numbers_.size()));
        for_each_around(*unit, [&](ut::test_unit const& at) {
            awaited_.insert(at.p_dependencies->begin(), at.p_dependencies->end());
        });
    }
    for (auto const* unit : cases_) {
        bool direct = true;
        for_each_around(*unit,
                        [&](ut::test_unit const& at) { direct = direct && (&at == unit || !is_walked(at)); });
        is_direct_.push_back(direct);
    }
}

// Whether what happens to the suite makes a difference to its tests, or to others.
bool test_tree::is_walked(ut::test_unit const& suite) const
{
    return !suite.p_fixtures->empty() || !suite.p_preconditions->empty() || !suite.p_dependencies->empty() ||
           suite.p_timeout != 0 || awaited_.count(suite.p_id) != 0;
}

std::uint32_t test_tree::number_of(ut::test_unit_id id) const
{
    auto const found = numbers_.find(id);
    return found == numbers_.end() ? no_case : found->second;
}

void test_tree::send(channel& runner) const
{
    // Some thousand messages in one call of the system instead of as many.
    constexpr std::size_t chunk = std::size_t{256} * 1024;
    std::string bytes;
    for (auto const* unit : cases_) {
        bytes += unit_message(*unit).bytes();
        if (bytes.size() >= chunk || unit == cases_.back()) {
            runner.send_all(bytes);
            bytes.clear();
        }
    }
}

std::uint64_t test_tree::hash() const
{
    // FNV-1a, by Fowler, Noll and Vo: it only has to tell an accident.
    std::uint64_t result = 0xcbf29ce484222325U;
    for (auto const* unit : cases_) {
        auto message = unit_message(*unit);
        for (char const c : message.bytes()) {
            result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        }
    }
    return result;
}

void test_tree::select(std::string_view bits)
{
    for (auto* suite : suites_) {
        if (!is_master(*suite)) {
            suite->p_run_status.value = ut::test_unit::RS_DISABLED;
        }
    }
    for (std::size_t i = 0; i < cases_.size(); ++i) {
        bool const selected = (static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1U) != 0;
        cases_[i]->p_run_status.value = selected ? ut::test_unit::RS_ENABLED : ut::test_unit::RS_DISABLED;
        if (selected) {
            for (auto* suite = &parent_of(*cases_[i]); !is_master(*suite) && !suite->is_enabled();
                 suite = &parent_of(*suite)) {
                suite->p_run_status.value = ut::test_unit::RS_ENABLED;
            }
        }
    }
}

void test_tree::clear()
{
    for (auto* suite : suites_) {
        children_of(*suite).clear();
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
        auto& unit = *cases_[number];
        if (is_direct_[number]) {
            top.emplace(++rank_, unit.p_id);
            open.clear();
            continue;
        }
        std::vector<ut::test_suite*> around;
        for_each_around(unit, [&](ut::test_unit const& at) {
            if (&at != &unit) {
                around.insert(around.begin(), &ut::framework::get<ut::test_suite>(at.p_id));
            }
        });
        std::size_t common = 0;
        while (common < open.size() && common < around.size() && open[common] == around[common]) {
            ++common;
        }
        // A suite that was left is come to once only.
        if (common < around.size() && entered.count(around[common]->p_id) != 0) {
            break;
        }
        for (std::size_t depth = common; depth < around.size(); ++depth) {
            auto& suite = *around[depth];
            entered.insert(suite.p_id);
            children_of(suite).clear();
            children_of(depth == 0 ? master : *around[depth - 1]).emplace(++rank_, suite.p_id);
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
        auto const& unit = *cases_[numbers[i]];
        if (is_direct_[numbers[i]]) {
            take_out(ut::framework::master_test_suite(), unit.p_id);
            continue;
        }
        // A suite without a case is not entered. One that has been entered still holds what it is at.
        ut::test_unit const* at = &unit;
        while (!is_master(*at) && take_out(parent_of(*at), at->p_id)) {
            at = &parent_of(*at);
        }
    }
}

bool test_tree::is_inside(std::uint32_t number, ut::test_unit_id suite) const
{
    bool result = false;
    for_each_around(*cases_[number], [&](ut::test_unit const& at) { result = result || at.p_id == suite; });
    return result;
}

} // namespace testmon::boost_test
