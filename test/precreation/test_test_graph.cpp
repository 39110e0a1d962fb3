// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/test_record_text.hpp"
#include "support/thrown.hpp"

#include <testmon/precreation/collect_tests.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace testmon::precreation;
using namespace testmon::test;

namespace
{

// A unit as Boost.Test prints it, which escapes nothing.
std::string unit(int parent, int id, std::string const& name, std::string const& rest = "f.cpp(1)",
                 std::string const& color = "green")
{
    return "tu" + std::to_string(id) + "[shape=Mrecord,fontname=Helvetica,color=" + color + ",label=\"" +
           name + "|" + rest + "\"];\ntu" + std::to_string(parent) + " -> tu" + std::to_string(id) + ";\n";
}

std::string dependency(int from, int to)
{
    return "tu" + std::to_string(from) + " -> tu" + std::to_string(to) +
           "[color=red,style=dotted,constraint=false];\n";
}

std::string graph(std::string const& content, std::string const& module = "module")
{
    return "digraph G {rankdir=LR;\n"
           "tu1[shape=ellipse,peripheries=2,fontname=Helvetica,color=green,label=\"" +
           module + "\"];\n{\n" + content + "}\n}\n";
}

std::string const rich =
    graph(unit(1, 65536, "first", "/src/a b.cpp(4)|timeout=3|expected failures=2|labels: @x @y z") +
          unit(1, 2, "out", "f.cpp(6)|labels: @slow") + dependency(2, 65536) + "{\n" +
          unit(2, 65537, "off", "f(7)|labels: @slow @own", "yellow") + dependency(65537, 65536) +
          dependency(65537, 65539) + unit(2, 3, "in") + dependency(3, 4) + "{\n" +
          unit(3, 65538, "deep", "(0)") + "}\n" + "}\n" + unit(1, 4, "data") + "{\n" + unit(4, 65539, "_0") +
          unit(4, 65540, "_1") + "}\n" + unit(1, 5, "empty", "f.cpp(9)", "yellow") + "{\n}\n");

struct broken_graph {
    std::string what;
    std::string text;
    std::string message;
};

} // namespace

BOOST_AUTO_TEST_SUITE(test_graph)

BOOST_AUTO_TEST_CASE(all_that_a_graph_says)
{
    auto const tests = parse_test_graph(rich);
    std::vector<std::string> found;
    for (auto const& test : tests) {
        found.push_back(text_of(test));
    }
    // What its suite depends on holds for it, too, and its suite's labels select it.
    auto const off = std::string("'out/off' in 'out' at 'f' 7, labels 'slow' 'own', ") +
                     "needs 'first' 'data/_0' 'first', 0 ns, 0 failures, off";
    std::vector<std::string> const expected{
        "'first' in '' at '/src/a b.cpp' 4, labels 'x' 'y z', needs , 3000000000 ns, 2 failures, on",
        off,
        "'out/in/deep' in 'out/in' at '' 0, labels 'slow', needs 'data' 'first', 0 ns, 0 failures, on",
        "'data/_0' in 'data' at 'f.cpp' 1, labels , needs , 0 ns, 0 failures, on",
        "'data/_1' in 'data' at 'f.cpp' 1, labels , needs , 0 ns, 0 failures, on",
    };
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_legal_name)
{
    std::string const names[] = {
        "plain",
        "",
        " blanks  around ",
        "a \"quoted\" name",
        "\"",
        "\"];",
        "\"];\n",
        "\"];\n{\n",
        "two\nlines\r\n",
        "a|b",
        "|",
        "(3)",
        "|f.cpp(3)",
        "x|f.cpp(3)|timeout=5|expected failures=2|labels: @a",
        "x|timeout=5",
        "x|labels: @a @b",
        "x|labels: @a|",
        "[",
        "[shape=Mrecord,fontname=Helvetica,color=green,label=\"",
        "]",
        "{",
        "}\n}\n",
        "->",
        "tu1 -> tu65536;",
        "digraph G {rankdir=LR;\n",
        "digraph G {rankdir=LR;\ntu1[shape=ellipse,peripheries=2,fontname=Helvetica,color=green,label=\"",
        "grüße, 世界 \xF0\x9F\x99\x82",
        "not \xFF UTF-8",
        std::string("nul \0 nul", 9),
        "f<std::map<std::string, (anonymous namespace)::a<3> > >",
        "[=](int x){ return x | 1; }",
        "a/b",
        ":*@+!,",
        std::string(10'000, 'n'),
        // The end that this very unit has, and more and more of what follows it.
        "x\"];\ntu1 -> tu65536;\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\n}\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\n{\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\ntu65536 -> tu65536[color=red,style=dotted,constraint=false];\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\ntu65537[shape=Mrecord,fontname=Helvetica,color=green,label=\"y",
        "x|g.cpp(2)\"];\ntu1 -> tu65536;\n" + unit(1, 70'000, "y"),
        // Those of others.
        "x|g.cpp(2)\"];\ntu1 -> tu2;\n{\n",
        "x|g.cpp(2)\"];\ntu2 -> tu65537;\n",
        "x|g.cpp(2)\"];\ntu1 -> tu65538;\n",
        "x|g.cpp(2)\"];\ntu2 -> tu65536;\n}\n}\n",
    };
    for (auto const& name : names) {
        BOOST_TEST_CONTEXT("name " << name.substr(0, 100))
        {
            auto const text = graph(unit(1, 65'536, name) + unit(1, 2, name) + "{\n" + unit(2, 65'537, name) +
                                        "}\n" + unit(1, 65'538, "last", "z.cpp(3)"),
                                    name);
            auto const tests = parse_test_graph(text);
            BOOST_TEST(paths_of(tests) == quoted({name, name + "/" + name, "last"}));
            BOOST_TEST_REQUIRE(tests.size() == 3U);
            BOOST_TEST(tests[0].file == "f.cpp");
            BOOST_TEST(tests[0].line == 1);
            BOOST_TEST(tests[0].depends_on.empty());
            BOOST_TEST(tests[1].suite == name);
            BOOST_TEST(tests[2].file == "z.cpp");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_name)
{
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    struct row {
        std::string rest;
        std::string file = "f.cpp";
        std::int64_t line = 1;
        std::int64_t seconds = 0;
        std::int64_t expected_failures = 0;
        std::vector<std::string> labels{};
    };
    row const rows[] = {
        {"(0)", "", 0},
        {"f.cpp(1)"},
        {"a(1) b.cpp(22)", "a(1) b.cpp", 22},
        {"f.cpp(1)|timeout=7", "f.cpp", 1, 7},
        {"f.cpp(1)|timeout=4294967295", "f.cpp", 1, 4'294'967'295},
        {"f.cpp(1)|expected failures=3", "f.cpp", 1, 0, 3},
        {"f.cpp(1)|expected failures=18446744073709551615", "f.cpp", 1, 0, largest},
        {"f.cpp(1)|expected failures=9223372036854775807", "f.cpp", 1, 0, largest},
        {"f.cpp(1)|expected failures=9223372036854775806", "f.cpp", 1, 0, largest - 1},
        {"f.cpp(18446744073709551615)", "f.cpp", largest},
        {"f.cpp(1)|timeout=7|expected failures=3", "f.cpp", 1, 7, 3},
        {"f.cpp(1)|labels: @a", "f.cpp", 1, 0, 0, {"a"}},
        {"f.cpp(1)|labels: @a b @c", "f.cpp", 1, 0, 0, {"a b", "c"}},
        {"f.cpp(1)|labels: @ @a", "f.cpp", 1, 0, 0, {"", "a"}},
        {"f.cpp(1)|labels: @a\"];\ntu1 -> tu2;\n", "f.cpp", 1, 0, 0, {"a\"];\ntu1 -> tu2;\n"}},
        {"f.cpp(1)|labels: @a(3)", "f.cpp", 1, 0, 0, {"a(3)"}},
        {"f.cpp(1)|labels: @a|b", "f.cpp", 1, 0, 0, {"a|b"}},
        {"f.cpp(1)|labels: @a|timeout=3", "f.cpp", 1, 0, 0, {"a|timeout=3"}},
        {"f.cpp(1)|timeout=7|expected failures=3|labels: @a|b @c", "f.cpp", 1, 7, 3, {"a|b", "c"}},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("rest " << r.rest)
        {
            auto const tests = parse_test_graph(graph(unit(1, 65'536, "name", r.rest)));
            BOOST_TEST_REQUIRE(tests.size() == 1U);
            auto const& test = tests.front();
            BOOST_TEST(test.path == "name");
            BOOST_TEST(test.file == r.file);
            BOOST_TEST(test.line == r.line);
            BOOST_TEST((test.time_limit == std::chrono::seconds(r.seconds)));
            BOOST_TEST(test.expected_failures == r.expected_failures);
            BOOST_TEST(quoted(test.labels) == quoted(r.labels));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_colour_of_the_case_says_whether_it_runs)
{
    auto const tests = parse_test_graph(
        graph(unit(1, 65'536, "on") + unit(1, 65'537, "off", "f.cpp(1)", "yellow") +
              unit(1, 2, "off suite", "f.cpp(1)", "yellow") + "{\n" +
              unit(2, 65'538, "off below", "f.cpp(1)", "yellow") + "}\n" + unit(1, 3, "partly") + "{\n" +
              unit(3, 65'539, "off inside", "f.cpp(1)", "yellow") + unit(3, 65'540, "on inside") + "}\n"));
    std::vector<std::string> enabled;
    for (auto const& test : tests) {
        if (test.enabled) {
            enabled.push_back(test.path);
        }
    }
    BOOST_TEST(tests.size() == 5U);
    BOOST_TEST(quoted(enabled) == quoted({"on", "partly/on inside"}));
}

BOOST_AUTO_TEST_CASE(suites_alone_are_no_tests)
{
    BOOST_TEST(parse_test_graph(graph("")).empty());
    BOOST_TEST(parse_test_graph(graph(unit(1, 2, "empty") + "{\n}\n")).empty());
}

BOOST_AUTO_TEST_CASE(a_suite_without_a_name)
{
    auto const tests = parse_test_graph(graph(unit(1, 2, "") + "{\n" + unit(2, 65'536, "a") + "}\n"));
    BOOST_TEST(paths_of(tests) == quoted({"/a"}));
}

BOOST_AUTO_TEST_CASE(noise_around_the_graph)
{
    auto const text = graph(unit(1, 65'536, "a"));
    std::string const noises[] = {
        "",
        "a line\n",
        "no line",
        "digraph G {rankdir=LR;\n",
        "digraph G {rankdir=LR;\na -> b;\n}\n",
        text.substr(0, 60),
        "}\n}\n",
        "tu1 -> tu65536;\n",
        "\"];\ntu1 -> tu65536;\n}\n}\n",
    };
    for (auto const& noise : noises) {
        BOOST_TEST_CONTEXT("noise " << noise)
        {
            BOOST_TEST(paths_of(parse_test_graph(noise + text)) == quoted({"a"}));
            BOOST_TEST(paths_of(parse_test_graph(text + noise)) == quoted({"a"}));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_beginning_of_a_graph_is_one)
{
    auto const last = rich.size() - 1; // the end of the last line, which does not count
    for (std::size_t size = 0; size < last; ++size) {
        BOOST_TEST_CONTEXT("the first " << size << " bytes")
        {
            auto const text = rich.substr(0, size);
            BOOST_CHECK_EXCEPTION(parse_test_graph(text), collection_error, [&](collection_error const& e) {
                return holds(e.what(), "no graph") || holds(e.what(), "cut short");
            });
        }
    }
    BOOST_TEST(parse_test_graph(rich.substr(0, last)).size() == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_no_graph)
{
    auto const a = unit(1, 65'536, "a");
    auto const replaced = [](std::string text, std::string const& from, std::string const& to) {
        auto const at = text.find(from);
        BOOST_TEST_REQUIRE(at != std::string::npos);
        return text.replace(at, from.size(), to);
    };
    broken_graph const rows[] = {
        {"nothing", "", "no graph of tests"},
        {"another listing", "a*\nb*\n", "no graph of tests"},
        {"another graph", "digraph G {rankdir=LR;\nb -> c;\n}\n",
         "at byte 23, line 2: neither a test unit nor the end of a suite: \"b -> c; }\""},
        {"a line amid the units", graph(a + "oops\n" + unit(1, 65'537, "b")),
         "line 6: neither a test unit nor the end of a suite: \"oops tu65537[shape"},
        {"a line amid a unit", graph(replaced(a, "tu1 ->", "oops\ntu1 ->")),
         "line 4: a test unit without an end"},
        {"words amid a number", graph(replaced(a, "tu65536[", "tu655oops36[")),
         "line 4: neither a test unit nor the end of a suite"},
        {"another colour", graph(unit(1, 65'536, "a", "f.cpp(1)", "blue")),
         "line 4: a test unit of a colour"},
        {"no location", graph(replaced(a, "|f.cpp(1)", "")), "line 4: a test unit without an end"},
        {"no line", graph(unit(1, 65'536, "a", "f.cpp()")), "line 4: a test unit without an end"},
        {"no number as line", graph(unit(1, 65'536, "a", "f.cpp(x)")), "line 4: a test unit without an end"},
        {"no edge", graph(replaced(a, "tu1 -> tu65536;\n", "")), "line 4: a test unit without an end"},
        {"another parent", graph(unit(1, 2, "s") + "{\n}\n" + unit(2, 65'536, "a")),
         "line 8: a test unit without an end"},
        {"twice the same", graph(a + unit(1, 2, "s") + "{\n" + unit(2, 65'536, "b") + "}\n"),
         "line 9: a second test unit of this number"},
        {"one end too many", graph(unit(1, 2, "s") + "{\n}\n}\n" + a),
         "line 8: neither a test unit nor the end of a suite: \"} tu65536"},
        {"two tests of one path", graph(a + unit(1, 65'537, "a")), "two tests have the path \"a\""},
        {"one path in two ways",
         graph(unit(1, 65'536, "s/a") + unit(1, 2, "s") + "{\n" + unit(2, 65'537, "a") + "}\n"),
         "two tests have the path \"s/a\""},
        {"a dependency on nothing", graph(a + dependency(65'536, 7)), "\"a\" depends on unit 7"},
        {"a dependency on all", graph(a + dependency(65'536, 1)), "\"a\" depends on unit 1"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            BOOST_CHECK_EXCEPTION(parse_test_graph(r.text), collection_error,
                                  [&](collection_error const& e) { return holds(e.what(), r.message); });
        }
    }
}

// However many places it could go back to.
BOOST_AUTO_TEST_CASE(names_made_to_have_it_try_for_ages)
{
    std::string content;
    for (int id = 65'536; id < 65'536 + 60; ++id) {
        auto const edge = "\"];\ntu1 -> tu" + std::to_string(id) + ";\n";
        content += unit(1, id,
                        "x|f(1)" + edge + "tu" + std::to_string(id + 1) +
                            "[shape=Mrecord,fontname=Helvetica,color=green,label=\"y");
    }
    BOOST_CHECK_THROW(parse_test_graph(graph(content + "oops\n")), collection_error);
}

BOOST_AUTO_TEST_SUITE_END()
