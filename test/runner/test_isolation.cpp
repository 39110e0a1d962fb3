// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/isolation.hpp"

#include "support/foreign_state.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/supervised.hpp"
#include "support/tree_snapshot.hpp"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using boost::filesystem::path;
using testmon::runner::enter_isolation;
using testmon::runner::isolation_settings;
using testmon::runner::supervised_process;
using testmon::runner::why_not_isolated;
using testmon::test::end_of;
using testmon::test::mounted_file_system;
using testmon::test::pid_in;
using testmon::test::scratch_directory;
using testmon::test::shell_script;
using testmon::test::text_of;

// Whether the kernel lets this user do it at all; asked without the code that is tested.
boost::test_tools::assertion_result the_kernel_isolates(boost::unit_test::test_unit_id)
{
    auto const threads = std::distance(boost::filesystem::directory_iterator("/proc/self/task"), {});
    if (threads > 1 && ::geteuid() != 0) {
        boost::test_tools::assertion_result refused(false);
        refused.message() << "a process with threads, such as ThreadSanitizer's, can make no user namespace";
        return refused;
    }
    scratch_directory const directory;
    for (auto const* name : {"lower", "upper", "work"}) {
        create_directory(directory.path() / name);
    }
    std::string const user = ::geteuid() == 0 ? "" : "--user --map-root-user ";
    auto const command =
        "cd " + directory.path().native() + " && unshare " + user +
        "--mount --net mount -t overlay -o userxattr,lowerdir=lower,upperdir=upper,workdir=work "
        "overlay lower 2> errors";
    boost::test_tools::assertion_result result(std::system(command.c_str()) == 0); // NOLINT(cert-env33-c)
    result.message() << "the kernel refuses namespaces or an overlay: "
                     << text_of(directory.path() / "errors");
    ::chmod((directory.path() / "work/work").c_str(), 0700); // or it could not be removed
    return result;
}

// A tree with a file, and scratch directories for two.
struct tree_fixture {
    scratch_directory directory{};
    path tree = directory.path() / "tree";

    tree_fixture() { make_tree(); }

    void make_tree() const
    {
        create_directories(tree / "inner");
        std::ofstream((tree / "file").native()) << "original\n";
        ::chmod(tree.c_str(), 0750);
    }

    isolation_settings settings(path const& scratch) const
    {
        create_directories(scratch);
        isolation_settings result;
        result.files = true;
        result.tree = tree;
        result.scratch = scratch;
        return result;
    }

    // What a script writes, run with such settings, its working directory in the tree.
    std::string output_of(std::string const& script, isolation_settings const& settings) const
    {
        auto const output = directory.path() / "output";
        boost::filesystem::remove(output);
        auto what = shell_script(script, output);
        what.working_directory = settings.files ? settings.tree : path("/");
        what.isolation = settings;
        supervised_process process(what);
        auto const end = end_of(process);
        return end.failure.empty() ? text_of(output) : end.failure;
    }

    void check_that_it_writes_for_itself(path const& scratch) const
    {
        auto const before = testmon::test::tree_snapshot(tree / "inner");
        BOOST_TEST(output_of("cat file; echo changed > file; echo new > inner/new; "
                             "cat file; cat " +
                                 quoted(tree / "inner/new"),
                             settings(scratch)) == "original\nchanged\nnew\n");
        BOOST_TEST(text_of(tree / "file") == "original\n");
        BOOST_TEST(before == testmon::test::tree_snapshot(tree / "inner"));
        BOOST_TEST(text_of(scratch / "upper/file") == "changed\n");
        BOOST_TEST(text_of(scratch / "upper/inner/new") == "new\n");
    }

    static std::string quoted(path const& name) { return "'" + name.native() + "'"; }
};

// A socket that listens on a port of the loopback interface, or an error number.
int listen_on(int port)
{
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto const* const any = reinterpret_cast<::sockaddr const*>(&address);
    return ::bind(socket, any, sizeof address) == 0 && ::listen(socket, 1) == 0 ? socket : -errno;
}

bool reaches(int port)
{
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool const connected =
        ::connect(socket, reinterpret_cast<::sockaddr const*>(&address), sizeof address) == 0;
    ::close(socket);
    return connected;
}

// Returns: what the function returns in a forked process.
template <typename Function>
int in_a_process(Function function)
{
    auto const child = ::fork();
    if (child == 0) {
        ::_exit(function());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(isolation, *boost::unit_test::precondition(the_kernel_isolates))

BOOST_FIXTURE_TEST_CASE(two_write_the_same_paths_at_the_same_time, tree_fixture)
{
    std::vector<supervised_process> processes;
    std::vector<path> outputs;
    for (std::string const own : {"one", "two"}) {
        auto const scratch = directory.path() / own;
        outputs.push_back(directory.path() / (own + ".out"));
        // Each writes, waits in its scratch directory for the other to have written, and reads.
        auto what = shell_script(
            "for f in new /tmp/testmon-fixed-name /var/tmp/testmon-fixed-name; do test ! -e $f || "
            "echo $f is there; done; for f in file new /tmp/testmon-fixed-name "
            "/var/tmp/testmon-fixed-name; do echo " +
                own + " > $f; done; echo 1 > " + quoted(scratch / "written") + "; while ! test -e " +
                quoted(scratch / "go") +
                "; do sleep 0.01; done; cat file new /tmp/testmon-fixed-name "
                "/var/tmp/testmon-fixed-name",
            outputs.back());
        what.isolation = settings(scratch);
        what.working_directory = tree;
        processes.emplace_back(what);
    }
    for (auto const* name : {"one", "two"}) {
        pid_in(directory.path() / name / "written");
    }
    for (auto const* name : {"one", "two"}) {
        std::ofstream((directory.path() / name / "go").native()) << "1\n";
    }
    for (auto& process : processes) {
        BOOST_TEST(end_of(process).failure == "");
    }
    BOOST_TEST(text_of(outputs[0]) == "one\none\none\none\n");
    BOOST_TEST(text_of(outputs[1]) == "two\ntwo\ntwo\ntwo\n");
    BOOST_TEST(text_of(tree / "file") == "original\n");
    BOOST_TEST(!exists(tree / "new"));
    BOOST_TEST(!exists(path("/tmp/testmon-fixed-name")));
    BOOST_TEST(text_of(directory.path() / "one/upper/new") == "one\n");
    BOOST_TEST(text_of(directory.path() / "one/tmp/testmon-fixed-name") == "one\n");
    BOOST_TEST(text_of(directory.path() / "two/var_tmp/testmon-fixed-name") == "two\n");
}

BOOST_FIXTURE_TEST_CASE(the_tree_looks_as_before, tree_fixture)
{
    BOOST_TEST(output_of("pwd; stat -c %a . ; ls; rm -r inner; mkdir inner; ls inner",
                         settings(directory.path() / "s")) == tree.native() + "\n750\nfile\ninner\n");
    BOOST_TEST(output_of("stat -c %a /tmp /var/tmp", settings(directory.path() / "t")) == "1777\n1777\n");
}

BOOST_FIXTURE_TEST_CASE(scratch_lies_outside_of_the_tree, tree_fixture)
{
    check_that_it_writes_for_itself(directory.path() / "scratch");
}

BOOST_FIXTURE_TEST_CASE(scratch_lies_inside_of_the_tree, tree_fixture)
{
    check_that_it_writes_for_itself(tree / ".testmon/scratch");
    // And is the real one.
    output_of("echo real > .testmon/scratch/real", settings(tree / ".testmon/scratch"));
    BOOST_TEST(text_of(tree / ".testmon/scratch/real") == "real\n");
}

BOOST_FIXTURE_TEST_CASE(a_scratch_directory_serves_again, tree_fixture)
{
    BOOST_TEST(output_of("echo first > new", settings(directory.path() / "s")) == "");
    BOOST_TEST(!exists(directory.path() / "s/work"));
    BOOST_TEST(output_of("cat new", settings(directory.path() / "s")) == "first\n");
}

BOOST_AUTO_TEST_CASE(names_may_hold_any_character)
{
    for (auto const* name :
         {"with blank", "with,comma", "with:colon", "with\\backslash", "with\nline", "über"}) {
        BOOST_TEST_CONTEXT(name)
        {
            tree_fixture fixture;
            fixture.tree = fixture.directory.path() / name / "tree";
            fixture.make_tree();
            fixture.check_that_it_writes_for_itself(fixture.directory.path() / name / "scratch");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(the_tree_is_reached_through_a_link, tree_fixture)
{
    auto const link = directory.path() / "scratch/link";
    create_directory(link.parent_path());
    create_directory_symlink(tree, link);
    auto through_link = settings(directory.path() / "scratch");
    through_link.tree = link;
    BOOST_TEST(output_of("echo changed > file; cat " + quoted(link / "file"), through_link) == "changed\n");
    BOOST_TEST(text_of(tree / "file") == "original\n");
}

BOOST_AUTO_TEST_CASE(the_tree_is_not_in_tmp)
{
    char name[] = "/opt/testmon-test-XXXXXX";
    if (::mkdtemp(name) == nullptr) {
        BOOST_TEST_MESSAGE("not tested: this user may not write to /opt");
        return;
    }
    tree_fixture fixture;
    fixture.tree = path(name) / "tree";
    fixture.make_tree();
    fixture.check_that_it_writes_for_itself(fixture.directory.path() / "scratch"); // which is
    fixture.check_that_it_writes_for_itself(path(name) / "scratch");
    boost::filesystem::remove_all(name);
}

BOOST_FIXTURE_TEST_CASE(what_is_mounted_in_the_tree_is_seen, tree_fixture)
{
    mounted_file_system const mounted("size=64k");
    if (!mounted.is_mounted()) {
        return;
    }
    // The tree is the directory around it.
    tree = mounted.path();
    create_directories(tree / "inner");
    BOOST_TEST_REQUIRE(std::system(("mount -t tmpfs tmpfs " + quoted(tree / "inner")).c_str()) == 0);
    std::ofstream((tree / "inner/seen").native()) << "seen\n";
    BOOST_TEST(output_of("cat inner/seen; echo x > outer", settings(directory.path() / "s")) == "seen\n");
    BOOST_TEST(std::system(("umount " + quoted(tree / "inner")).c_str()) == 0);
    BOOST_TEST(!exists(tree / "outer"));
}

BOOST_FIXTURE_TEST_CASE(says_what_it_cannot_do, tree_fixture)
{
    auto wrong = settings(directory.path() / "scratch");
    wrong.tree = "/";
    BOOST_TEST(why_not_isolated(wrong) ==
               "The tree / holds /tmp, of which each worker gets its own. Name a directory "
               "further down as the tree.");
    wrong.tree = wrong.scratch;
    BOOST_TEST(why_not_isolated(wrong).find("lies inside of the scratch directory") != std::string::npos);

    auto what = shell_script("exit 0", directory.path() / "output");
    what.isolation = settings(directory.path() / "scratch");
    what.working_directory = directory.path() / "elsewhere";
    create_directory(what.working_directory);
    supervised_process process(what);
    BOOST_TEST(end_of(process).failure.find("The working directory " + what.working_directory.native()) ==
               0U);
}

BOOST_FIXTURE_TEST_CASE(trying_it_changes_nothing_for_this_process, tree_fixture)
{
    BOOST_TEST(why_not_isolated(settings(directory.path() / "s")) == "");
    BOOST_TEST(exists(directory.path() / "s")); // which is in the /tmp of all
    BOOST_TEST(!exists(directory.path() / "s/work"));
}

BOOST_FIXTURE_TEST_CASE(each_has_all_ports_and_a_loopback, tree_fixture)
{
    isolation_settings net;
    net.net = true;
    // One port for all: this process has it too.
    int const port = 47113;
    int const taken = listen_on(port);
    BOOST_TEST((taken >= 0 || taken == -EADDRINUSE));
    auto const serve = [&] {
        if (!enter_isolation(net).empty()) {
            return 1;
        }
        if (reaches(port)) {
            return 2; // that is not ours
        }
        if (listen_on(port) < 0) {
            return 3;
        }
        return reaches(port) ? 0 : 4;
    };
    BOOST_TEST(in_a_process([&] {
                   auto const own = serve();
                   return own != 0 ? own : 10 + in_a_process(serve);
               }) == 10);
    ::close(taken);
}

BOOST_FIXTURE_TEST_CASE(the_user_stays_the_same, tree_fixture)
{
    BOOST_TEST(output_of("id -u; id -g; stat -c %u file", settings(directory.path() / "s")) ==
               std::to_string(::geteuid()) + "\n" + std::to_string(::getegid()) + "\n" +
                   std::to_string(::geteuid()) + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
