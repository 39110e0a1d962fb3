// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests that pass one after the other, and not two at a time: each needs a file in the working directory, one
// in /tmp and a port for itself alone. SAMPLE_MEET names a directory: there the tests of two processes wait
// for each other, so that they do meet.
#define BOOST_TEST_MODULE fixed paths
#include "boost_test.hpp"

#include "record.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <chrono>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace utf = boost::unit_test;

namespace
{

// Waits for as many processes to come as there are workers, but not for ever.
void meet(std::string const& place)
{
    auto const directory = sample::variable("SAMPLE_MEET");
    if (directory.empty()) {
        return;
    }
    auto const own = directory + '/' + place;
    ::mkdir(own.c_str(), 0700);
    ::mkdir((own + '/' + sample::variable("TESTMON_XDIST_WORKER")).c_str(), 0700);
    struct ::stat status {
    };
    for (int i = 0; i < 1000; ++i) {
        // A directory has a link for itself, one in its parent, and one in each directory in it.
        if (::stat(own.c_str(), &status) == 0 && status.st_nlink >= 4) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

class own_file
{
  public:
    explicit own_file(std::string name) : name_(std::move(name))
    {
        is_alone_ = ::mkdir(name_.c_str(), 0700) == 0;
    }
    ~own_file()
    {
        if (is_alone_) {
            ::rmdir(name_.c_str());
        }
    }
    own_file(own_file const&) = delete;
    own_file& operator=(own_file const&) = delete;
    bool is_alone() const { return is_alone_; }

  private:
    std::string name_;
    bool is_alone_;
};

class own_port
{
  public:
    own_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        int const yes = 1;
        ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(sample::variable("SAMPLE_PORT"))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_alone_ = ::bind(socket_, reinterpret_cast<::sockaddr*>(&address), sizeof address) == 0 && // NOLINT
                    ::listen(socket_, 1) == 0;
    }
    ~own_port() { ::close(socket_); }
    own_port(own_port const&) = delete;
    own_port& operator=(own_port const&) = delete;
    bool is_alone() const { return is_alone_; }

  private:
    int socket_;
    bool is_alone_ = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(in_files)

BOOST_DATA_TEST_CASE(test, utf::data::xrange(2))
{
    BOOST_TEST(sample >= 0);
    own_file const here("fixed_name");
    own_file const there("/tmp/" + sample::variable("SAMPLE_NAME"));
    meet("files");
    BOOST_TEST(here.is_alone());
    BOOST_TEST(there.is_alone());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(on_ports)

BOOST_DATA_TEST_CASE(test, utf::data::xrange(2))
{
    BOOST_TEST(sample >= 0);
    own_port const port;
    meet("ports");
    BOOST_TEST(port.is_alone());
}

BOOST_AUTO_TEST_SUITE_END()
