# Makes one C++ source of the examples in pages, so that they compile or the build fails: in Markdown
# the blocks of ```cpp, in manual pages the literal blocks below EXAMPLES. Each is a namespace. One
# that begins with no declaration is the body of a function of a service, with `context`, `session`,
# `channel` and `message` at hand.
#
#   awk -f examples_to_source.awk -v output=SOURCE PAGE...

function begin_block() {
    inside = 1
    block = ""
    kind = ""
    indent = -1
    first = FNR + 1
}

function end_block() {
    inside = 0
    source = source sprintf("namespace example_%d {\n", ++blocks)
    if (kind == "body")
        source = source "struct Example : BayeuxService {\n" \
            "using BayeuxService::BayeuxService;\n" \
            "void example([[maybe_unused]] ServiceContext& context,\n" \
            "    [[maybe_unused]] Session& session, [[maybe_unused]] Channel& channel,\n" \
            "    [[maybe_unused]] Message& message) {\n"
    source = source sprintf("#line %d \"%s\"\n", first, FILENAME) block
    if (kind == "body")
        source = source "}\n};\n"
    source = source "}\n"
}

FNR == 1 { markdown = FILENAME ~ /\.md$/; examples = markdown }

!markdown && /^\.Sh / { examples = $0 == ".Sh EXAMPLES" }

!inside && examples && (markdown ? $0 == "```cpp" : /^\.Bd -literal/) { begin_block(); next }

inside && (markdown ? $0 == "```" : $0 == ".Ed") { end_block(); next }

inside {
    if (!markdown) gsub(/\\e/, "\\")
    if (/^#include/) {
        includes = includes $0 "\n"
        $0 = ""
    }
    if (kind == "" && !/^$/ && !/^\/\//)
        kind = /^(class|struct|template|constexpr|void|int|bool) / ||
            /^std::[a-z_]+(<[^()]*>)? [a-z_]+\(/ ? "declarations" : "body"
    block = block $0 "\n"
}

END {
    if (blocks == 0) exit 1
    print includes > output
    print "#include \"bayeux/data_filter.hpp\"" > output
    print "#include \"bayeux/service.hpp\"" > output
    print "#include \"bayeux/service_type.hpp\"" > output
    print "#include \"bayeux/testing/fake_world.hpp\"" > output
    print "#include \"server/program.hpp\"" > output
    print "#include <map>" > output
    print "#include <set>" > output
    print "#include <string>" > output
    print "#include <vector>" > output
    print "namespace bayeux::testing {" > output
    print "namespace json = boost::json;" > output
    print "using namespace std::chrono_literals;" > output
    print source "}" > output
}
