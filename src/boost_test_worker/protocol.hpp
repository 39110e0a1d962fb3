// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_PROTOCOL_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_PROTOCOL_HPP

#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// What the runner and a worker in a test executable say to each other. Both are of one build of testmon and
/// on one machine: numbers are in the machine's own order, and `protocol_version` only has to catch a
/// mistake.
///
/// The executable is handed the path of a directory in the variable `directory_variable`. In it are
///  - page: the memory that both share, with the messages of the worker (shared_page.hpp).
///  - socket: a stream socket on which the runner listens, with the messages of the runner. What the worker
///  sends there
///    are single bytes, which only wake the runner. A worker whose connection was closed by a test connects
///    again, and goes on where it was.
///  - output: the standard output and error of the worker.
///
/// A message is its size (4 bytes, of what follows), its type (1 byte), and its fields.
namespace testmon::boost_test
{

constexpr std::uint32_t protocol_version = 2;
constexpr char directory_variable[] = "TESTMON_BOOST_TEST_WORKER";
constexpr char socket_name[] = "socket";
constexpr char page_name[] = "page";
constexpr char output_name[] = "output";
/// The only fatal thing to do with more than this is to believe it.
constexpr std::uint32_t most_message_size = std::uint32_t{64} << 20U;

enum class message_type : std::uint8_t {
    // From the worker.
    hello = 1,   ///< u32 protocol_version, u8 preloaded, text Boost's version
    unavailable, ///< text why the preloaded library cannot make this process a worker
    unit, ///< a case: text path, text suite, text suite with a fixture or time limit, text file, u64 line, u8
          ///< enabled,
          ///< u32 time limit in s, u64 expected failures, u32 n, n × text label, u32 n, n × text dependency
    tree_complete, ///< u64 hash of the tree, u32 number of cases
    entering,      ///< text path: of a suite whose fixture is about to be set up
    started,       ///< u32 case
    log,        ///< u32 case or `no_case`, u8 severity, text file, u64 line, text, u32 n, n × text context
    remark,     ///< u32 case, text
    finished,   ///< u32 case, u8 `case_outcome`, u64 nanoseconds, u64 assertions, u64 failed, u64 output_end
    skipped,    ///< u32 case, text reason
    batch_done, ///< u32 batch
    dying,      ///< u32 case or `no_case`, u32 signal (0: exit), text file, u64 line: sent by who is about to
    farewell,   ///< u64 output_end: the global fixtures are torn down, main returns
    // From the runner.
    greeting = 100, ///< u8 whether the units of the tree shall be sent
    go,    ///< u8 n = 0, or 1 and a bit for each case: whether it is in the run; u8 waits for `go_on` if one
           ///< fails
    go_on, ///< u32 how many cases of this process have failed; they do not end the run
    batch, ///< u32 batch, u32 n, n × u32 case
    finish ///< no more batches
};

constexpr std::uint32_t no_case = 0xffffffff;

enum class case_outcome : std::uint8_t {
    passed,
    failed,
    timed_out, ///< by its decorator `timeout`
};

// ---- Writing and reading of messages ----

class message_writer
{
  public:
    explicit message_writer(message_type type) : bytes_(sizeof(std::uint32_t), '\0')
    {
        bytes_.push_back(static_cast<char>(type));
    }

    message_writer& u8(std::uint8_t value) { return raw(value); }
    message_writer& u32(std::uint32_t value) { return raw(value); }
    message_writer& u64(std::uint64_t value) { return raw(value); }
    message_writer& text(std::string_view value)
    {
        raw(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
        return *this;
    }

    /// Returns: the message as it is sent.
    std::string const& bytes()
    {
        auto const size = static_cast<std::uint32_t>(bytes_.size() - sizeof(std::uint32_t));
        std::memcpy(&bytes_[0], &size, sizeof size);
        return bytes_;
    }

  private:
    template <class T>
    message_writer& raw(T value)
    {
        char place[sizeof value];
        std::memcpy(place, &value, sizeof value);
        bytes_.append(place, sizeof value);
        return *this;
    }

    std::string bytes_;
};

/// What came was not a message.
class protocol_error : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// Reads the fields of a message. Errors: `protocol_error` if it is cut short.
class message_reader
{
  public:
    /// `body` begins with the type.
    explicit message_reader(std::string_view body) : left_(body), type_(static_cast<message_type>(u8())) {}

    message_type type() const noexcept { return type_; }
    std::uint8_t u8() { return raw<std::uint8_t>(); }
    std::uint32_t u32() { return raw<std::uint32_t>(); }
    std::uint64_t u64() { return raw<std::uint64_t>(); }
    std::string_view text() { return take(u32()); }

  private:
    std::string_view take(std::size_t size)
    {
        if (size > left_.size()) {
            throw protocol_error("a message is cut short");
        }
        auto const result = left_.substr(0, size);
        left_.remove_prefix(size);
        return result;
    }
    template <class T>
    T raw()
    {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }

    std::string_view left_;
    message_type type_;
};

/// Returns: the body of the first message of `received`, and removes it from there once the next is asked for
/// by `received.remove_prefix(message.size() + 4)`; none if it has not come as a whole. Errors:
/// `protocol_error`.
inline std::optional<std::string_view> first_message(std::string_view received)
{
    std::uint32_t size = 0;
    if (received.size() < sizeof size) {
        return std::nullopt;
    }
    std::memcpy(&size, received.data(), sizeof size);
    if (size == 0 || size > most_message_size) {
        throw protocol_error("a message has an impossible size");
    }
    if (received.size() < sizeof size + size) {
        return std::nullopt;
    }
    return received.substr(sizeof size, size);
}

} // namespace testmon::boost_test

#endif
