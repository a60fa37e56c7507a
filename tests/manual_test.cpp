// The pages of section 3 and the headers that they include declare the same, and the page for those
// who know CometD has no other names. SOURCE_DIR is the repository.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {
namespace {

namespace fs = std::filesystem;

std::string contents(fs::path const& name)
{
    std::ifstream file(fs::path(SOURCE_DIR) / name, std::ios::binary);
    BOOST_REQUIRE_MESSAGE(file, name << " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

bool in_word(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Without comments, directives, and blanks other than those between words. What is commented out
/// as the name of a parameter counts as its name.
std::string condensed(std::string text)
{
    text = std::regex_replace(text, std::regex("//[^\n]*|(^|\n)#[^\n]*"), "\n");
    text = std::regex_replace(text, std::regex(R"(/\*(\w+)\*/)"), "$1");
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::isspace(static_cast<unsigned char>(text[i])) == 0) {
            result += text[i];
        } else if (!result.empty() && in_word(result.back())) {
            auto const next = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(i),
                text.end(), [](unsigned char c) { return std::isspace(c) != 0; });
            if (next != text.end() && in_word(*next))
                result += ' ';
            i = static_cast<std::size_t>(next - text.begin()) - 1;
        }
    }
    return result;
}

enum class Access { open, closed };

/// Reads the declarations of a text in C++, as far as these headers use it.
class Declarations {
public:
    /// `members`: whether those of a class are public before it says so.
    Declarations(std::string const& text, Access members)
        : text_(condensed(text)), members_(members)
    {
        read_scope("", Access::open);
    }
    /// "Class: declaration", condensed, of all that is not private.
    std::vector<std::string> const& all() const { return all_; }

private:
    void read_scope(std::string const& scope, Access access)
    {
        std::string statement;
        for (; at_ < text_.size() && text_[at_] != '}'; ++at_) {
            char const c = text_[at_];
            if (c == ';') {
                add(scope, access, statement);
            } else if (c == ':' && ends_access(statement)) {
                access = statement == "private" ? Access::closed : Access::open;
                statement.clear();
            } else if (c != '{') {
                statement += c;
            } else if (is_value(statement)) {
                statement += skip_braces();
            } else if (std::smatch head; std::regex_match(statement, head, class_head)) {
                auto const name = head[2].str();
                bool const is_class = head[1] == "class";
                add(scope, access, statement);
                ++at_;
                read_scope(name, is_class && access == Access::open ? members_ : access);
            } else if (statement.starts_with("namespace") || statement.ends_with("namespace")) {
                statement.clear();
                ++at_;
                read_scope(scope, access);
            } else {
                skip_braces(); // a body
                statement = std::regex_replace(statement, std::regex(R"(\):[^:].*)"), ")");
                add(scope, access, statement);
            }
        }
    }
    void add(std::string const& scope, Access access, std::string& statement)
    {
        if (access == Access::open && !statement.empty())
            all_.push_back(scope + ": " + statement);
        statement.clear();
    }
    static bool ends_access(std::string_view statement)
    {
        return statement == "public" || statement == "protected" || statement == "private";
    }
    /// Braces behind it are a part of it.
    static bool is_value(std::string_view statement)
    {
        return statement.ends_with('=') || statement.starts_with("enum") ||
               std::ranges::count(statement, '(') > std::ranges::count(statement, ')');
    }
    std::string skip_braces()
    {
        auto const begin = at_;
        int depth = 0;
        do {
            depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
        } while (depth > 0 && ++at_ < text_.size());
        return text_.substr(begin, at_ - begin + 1);
    }

    static inline std::regex const class_head{
        R"((?:template<.*>)?(class|struct)(?: |\[\[nodiscard\]\])(\w+)(?: final)?(?::[^:].*)?)"};

    std::string text_;
    Access members_;
    std::size_t at_ = 0;
    std::vector<std::string> all_;
};

std::set<std::string> declarations(std::string const& text, Access members)
{
    auto const found = Declarations(text, members).all();
    return {found.begin(), found.end()};
}

/// A function that is called by its name: no constructor, no operator.
bool is_named_function(std::string const& declaration)
{
    static std::regex const function(
        R"((\w*): (?!using |friend |std::function<)[^=(]*\b(\w+)\(.*)");
    std::smatch part;
    return std::regex_match(declaration, part, function) && part[1] != part[2];
}

/// A page of section 3: what its SYNOPSIS declares, and the headers from which it says it comes.
struct Page {
    explicit Page(fs::path const& file) : name(file.filename())
    {
        std::istringstream lines(contents(fs::path("man") / name));
        bool in_synopsis = false;
        bool in_block = false;
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with(".Sh "))
                in_synopsis = line == ".Sh SYNOPSIS";
            else if (!in_synopsis)
                continue;
            else if (line.starts_with(".In "))
                headers.insert(line.substr(4));
            else if (line.starts_with(".Bd ") || line == ".Ed")
                in_block = line != ".Ed";
            else if (in_block)
                text += line + '\n';
        }
        declared = declarations(text, Access::open);
    }

    std::string name;
    std::set<std::string> headers;
    std::set<std::string> declared;
};

std::vector<Page> pages()
{
    std::vector<Page> found;
    for (auto const& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "man"))
        if (entry.path().extension() == ".3")
            found.emplace_back(entry.path());
    return found;
}

/// Adds a header and all that it includes.
void add_with_includes(std::string const& header, std::set<std::string>& all)
{
    if (!all.insert(header).second)
        return;
    auto const text = contents(header);
    std::regex const include(R"re(#include "(bayeux/[^"]+)")re");
    for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match)
        add_with_includes((*match)[1], all);
}

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(declarations_are_read_as_they_are_written)
{
    auto const read = declarations(R"(
#include <x>
namespace a {
/// A comment; with (things) { in it.
class [[nodiscard]] B : public C {
    void hidden();
public:
    B(int x) : C(x) {}
    std::string const& name() const { return {}; } ///< body
    virtual void f(Session&, Message const* /*message*/,
        Options options = {}) {}
protected:
    template <class T>
    T& get(Attribute<T> key);
private:
    enum class E { x, y };
};
enum class Kind { one, two };
void free_one(int = 0);
} // namespace a
)",
        Access::closed);
    std::set<std::string> const expected{": class[[nodiscard]]B:public C", "B: B(int x)",
        "B: std::string const&name()const",
        "B: virtual void f(Session&,Message const*message,Options options={})",
        "B: template<class T>T&get(Attribute<T>key)", ": enum class Kind{one,two}",
        ": void free_one(int=0)"};
    BOOST_TEST(read == expected, boost::test_tools::per_element());
    BOOST_TEST(std::ranges::count_if(read, is_named_function) == 4);
}

BOOST_AUTO_TEST_CASE(pages_declare_what_stands_in_their_headers)
{
    BOOST_TEST(!pages().empty());
    for (auto const& page : pages()) {
        std::set<std::string> known;
        for (auto const& header : page.headers)
            known.merge(declarations(contents(header), Access::closed));
        BOOST_TEST(!page.declared.empty(), page.name << " declares nothing");
        for (auto const& declaration : page.declared)
            BOOST_TEST(known.contains(declaration),
                page.name << " has what is in none of its headers: " << declaration);
    }
}

BOOST_AUTO_TEST_CASE(every_function_of_these_headers_is_in_a_page)
{
    // For those who call the engine, and for the library itself.
    std::regex const internal(R"(.*\b(parse_batch|append_json|reply_to|start_deadline)\(.*)");
    std::set<std::string> headers;
    std::set<std::string> declared;
    for (auto& page : pages()) {
        headers.merge(page.headers);
        declared.merge(page.declared);
    }
    for (auto const& header : headers)
        for (auto const& declaration : declarations(contents(header), Access::closed))
            BOOST_TEST((!is_named_function(declaration) || declared.contains(declaration) ||
                           std::regex_match(declaration, internal)),
                header << " has what is in no page: " << declaration);
}

BOOST_AUTO_TEST_CASE(every_header_that_services_include_is_in_a_page)
{
    std::set<std::string> known{// these have a type or two that is told where it is used
        "bayeux/options.hpp", "bayeux/outbox.hpp", "bayeux/time.hpp"};
    for (auto& page : pages())
        known.merge(page.headers);
    std::set<std::string> included;
    add_with_includes("bayeux/service.hpp", included);
    BOOST_TEST(included.size() > 10U);
    for (auto const& header : included)
        BOOST_TEST(known.contains(header), header << " is in no page");
}

BOOST_AUTO_TEST_CASE(names_beside_those_of_java_are_in_headers)
{
    std::string headers;
    for (auto const& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "bayeux"))
        if (entry.path().extension() == ".hpp")
            headers += contents(entry.path());
    std::set<std::string> names;
    std::regex const name("[a-z]+(_[a-z]+)+");
    std::istringstream lines(contents("services/COMING-FROM-COMETD.md"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with('|'))
            names.insert(std::sregex_token_iterator(line.begin(), line.end(), name), {});
    BOOST_TEST(names.size() > 40U);
    for (auto const& told : names)
        BOOST_TEST(std::regex_search(headers, std::regex("\\b" + told + "\\b")),
            told << " is in no header");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux
