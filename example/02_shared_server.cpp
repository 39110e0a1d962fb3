// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A resource of the whole session is prepared once: the controller listens on a free port and publishes
// which; the workers connect to it.
#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;

namespace
{

constexpr int worker_count = 3;

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<in_port_t>(port));
    return address;
}

int check(int result, char const* what)
{
    if (result < 0) {
        throw std::runtime_error(what);
    }
    return result;
}

void work(boost::filesystem::path const& root, std::string const& id)
{
    coordination_manager manager(root);
    auto const state = manager.wait_for_controller(id);
    auto const address = loopback(static_cast<int>(state.extra().at("port").as_int64()));
    int const connection = check(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(::connect(connection, reinterpret_cast<sockaddr const*>(&address), sizeof address), "connect");
    check(static_cast<int>(::write(connection, id.data(), id.size())), "write");
    ::close(connection);
    manager.leave(id);
}

void serve(boost::filesystem::path const& root)
{
    int const listener = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    auto address = loopback(0); // any free port
    socklen_t size = sizeof address;
    check(::bind(listener, reinterpret_cast<sockaddr const*>(&address), size), "bind");
    check(::listen(listener, worker_count), "listen");
    check(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");

    coordination_manager manager(root);
    state_data data;
    data.expected_workers = worker_count;
    data.extra["port"] = ntohs(address.sin_port);
    manager.write_controller_state(data);
    std::cout << "the server listens on port " << ntohs(address.sin_port) << std::endl;
    manager.wait_for_workers(worker_count);
    for (int i = 0; i < worker_count; ++i) {
        int const connection = check(::accept(listener, nullptr, nullptr), "accept");
        std::string name(16, '\0');
        name.resize(static_cast<std::size_t>(
            check(static_cast<int>(::read(connection, name.data(), name.size())), "read")));
        std::cout << "worker " << name << " came" << std::endl;
        ::close(connection);
    }
    manager.cleanup();
}

} // namespace

int main()
{
    try {
        auto const root =
            boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("testmon-%%%%%%%%");
        boost::filesystem::create_directory(root);
        for (int i = 0; i < worker_count; ++i) {
            if (::fork() == 0) {
                int result = EXIT_SUCCESS;
                try {
                    work(root, "gw" + std::to_string(i));
                } catch (std::exception const& e) {
                    std::cerr << e.what() << "\n";
                    result = EXIT_FAILURE;
                }
                ::_exit(result);
            }
        }
        serve(root);
        while (::wait(nullptr) > 0) {
        }
        boost::filesystem::remove_all(root);
    } catch (std::exception const& e) {
        std::cerr << e.what() << "\n";
        return EXIT_FAILURE;
    }
}
