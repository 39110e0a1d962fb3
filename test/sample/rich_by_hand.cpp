// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests that are registered by hand, which lets a name hold anything, with a main() of its own and Boost.Test
// as a shared library.
#define BOOST_TEST_DYN_LINK
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include "tell_tree.hpp"

#include <string>

namespace utf = boost::unit_test;

using tell_tree = sample::tell_tree;
BOOST_TEST_GLOBAL_FIXTURE(tell_tree);

namespace
{

void nothing() {}

void add_all(utf::test_suite& suite)
{
    std::string const names[] = {
        "a \"quoted\" name",
        "\"];\n",
        "two\nlines",
        "a|b",
        "(3)",
        "x|f.cpp(3)|timeout=5|expected failures=2|labels: @a",
        "[shape=Mrecord,fontname=Helvetica,color=green,label=\"",
        "{",
        "}\n}\n",
        "tu1 -> tu65536;",
        "x|f.cpp(1)\"];\ntu1 -> tu65536;\n",
        "digraph G {rankdir=LR;\n",
        "grüße, 世界",
        " blanks ",
        "",
        "f<std::map<std::string, (anonymous namespace)::a<3> > >",
        "[=](int x){ return x | 1; }",
        "a:*@+!,b",
        std::string("nul \0 nul", 9),
        std::string(10'000, 'n'),
    };
    std::size_t line = 1;
    for (auto const& name : names) {
        suite.add(new utf::test_case(name, "/a path (1)/file.cpp", line++, &nothing));
    }
    suite.add(new utf::test_case("without a place", &nothing));
    suite.add(utf::make_test_case(&nothing, "&nothing: by make_test_case", "f.cpp", 1), 3, 60);
}

bool init()
{
    auto& master = utf::framework::master_test_suite();
    master.p_name.value = "tu1 \"];\n{\n";
    add_all(master);
    auto* const suite = new utf::test_suite("a \"];\ntu1 -> tu2;\n{ | (3)", "f.cpp", 2);
    suite->add_label("@a| b");
    add_all(*suite);
    auto* const inner = new utf::test_suite("of \"inner\"", "", 0);
    add_all(*inner);
    suite->add(inner);
    master.add(suite, 0, 30);
    auto* const last = new utf::test_case("last", &nothing);
    master.add(last);
    suite->depends_on(last);
    inner->depends_on(&utf::framework::get(master.get("a|b"), utf::TUT_CASE));
    return true;
}

} // namespace

int main(int argc, char* argv[])
{
    return utf::unit_test_main(&init, argc, argv);
}
