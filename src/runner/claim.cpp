// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "claim.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace testmon::runner
{

namespace
{

// What is behind the prefix; none if the label has another one.
std::optional<std::string_view> value_of(std::string_view label, std::string_view prefix)
{
    if (label.substr(0, prefix.size()) != prefix) {
        return std::nullopt;
    }
    return label.substr(prefix.size());
}

[[noreturn]] void refuse(database::test_record const& test, std::string const& label, char const* allowed)
{
    throw std::invalid_argument("the test \"" + test.path + "\" has the label \"" + label + "\"; " + allowed);
}

} // namespace

void claim::add(claim const& other)
{
    std::vector<std::string> all;
    std::set_union(locks.begin(), locks.end(), other.locks.begin(), other.locks.end(),
                   std::back_inserter(all));
    locks = std::move(all);
    slots = std::max(slots, other.slots);
}

claim claim_of(database::test_record const& test)
{
    claim result;
    for (auto const& label : test.labels) {
        if (auto const name = value_of(label, "lock:")) {
            if (name->empty()) {
                refuse(test, label, "a name must follow \"lock:\"");
            }
            result.add(claim{{std::string(*name)}, 1});
        } else if (auto const number = value_of(label, "slots:")) {
            std::uint32_t slots = 0;
            auto const* const end = number->data() + number->size();
            auto const read = std::from_chars(number->data(), end, slots);
            if (read.ec != std::errc() || read.ptr != end || slots == 0) {
                refuse(test, label, "a whole number from 1 to 4294967295 must follow \"slots:\"");
            }
            result.add(claim{{}, slots});
        }
    }
    return result;
}

resources::resources(std::uint32_t slots) : slots_(slots)
{
    add({});
}

claim_index resources::add(claim const& value)
{
    numbered_claim numbered{{}, std::min(value.slots, slots_)};
    for (auto const& name : value.locks) {
        auto const next = static_cast<lock_index>(lock_indices_.size());
        numbered.first.push_back(lock_indices_.try_emplace(name, next).first->second);
    }
    locks_in_use_.resize(lock_indices_.size());
    auto const next = static_cast<claim_index>(claims_.size());
    auto const [place, is_new] = claim_indices_.try_emplace(numbered, next);
    if (is_new) {
        claims_.push_back(std::move(numbered));
    }
    return place->second;
}

std::optional<lock_index> resources::lock_in_use(claim_index index) const
{
    for (auto const lock : claims_[index].first) {
        if (locks_in_use_[lock]) {
            return lock;
        }
    }
    return std::nullopt;
}

bool resources::has_slots(claim_index index, std::uint32_t own) const
{
    return slots_in_use_ - own + claims_[index].second <= slots_;
}

void resources::acquire(claim_index index)
{
    for (auto const lock : claims_[index].first) {
        locks_in_use_[lock] = true;
    }
    slots_in_use_ += claims_[index].second;
}

void resources::release(claim_index index)
{
    for (auto const lock : claims_[index].first) {
        locks_in_use_[lock] = false;
    }
    slots_in_use_ -= claims_[index].second;
}

} // namespace testmon::runner
