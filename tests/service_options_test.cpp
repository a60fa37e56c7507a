// Services that bring options of their own into a program.

#include "bayeux/testing/fake_world.hpp"
#include "tests/options_fixture.hpp"

namespace bayeux::server {
namespace {

/// Each kind of option once.
class Archive : public BayeuxService {
public:
    struct Options {
        std::string file = "archive.log";
        bool everything = false;
        std::uint16_t port = 7;
        std::size_t max_text = 2'000;
        int least = -1;
        Duration pause{250};
        std::vector<std::string> rooms{"/a", "/b"};

        static void describe(OptionTable<Options>& table)
        {
            auto const is_room = [](std::string_view text) {
                return text.starts_with('/') ? "" : "must begin with '/'";
            };
            table.add("file", &Options::file, "FILE", "where it goes");
            table.add("everything", &Options::everything, "keep all");
            table.add("port", &Options::port, "N", "where it listens");
            table.add("max-text", &Options::max_text, "BYTES", "longest text", {1, 10'000});
            table.add("least", &Options::least, "N", "least number", {-5, 5});
            table.add("pause", &Options::pause, "MS", "between two writes");
            table.add("rooms", &Options::rooms, "ROOMS", "which ones", is_room);
        }
    };

    Archive(ServiceContext& context, Options given)
        : BayeuxService(context, "archive"), options(std::move(given))
    {
        if (options.file == "/nowhere")
            throw std::runtime_error("cannot write to /nowhere");
    }

    Options const options;
};

class Plain : public BayeuxService {
public:
    explicit Plain(ServiceContext& context) : BayeuxService(context, "plain") {}
};

ProgramInfo program()
{
    return {"archived", "archived 3",
        {ServiceType::of<Archive>("my-archive", "keeps messages"),
            ServiceType::of<Plain>("plain", "does nothing")},
        {"my-archive"}};
}

std::variant<Options, Exit> parsed(Arguments const& arguments, Environment const& environment = {})
{
    return parse(arguments, environment, program());
}

Archive::Options given(Arguments const& arguments, Environment const& environment = {})
{
    auto const options = parsed(arguments, environment);
    if (auto const* const exit = std::get_if<Exit>(&options))
        BOOST_FAIL("refused: " << exit->text);
    return std::any_cast<Archive::Options>(
        std::get<Options>(options).service_options.at("my-archive"));
}

std::string text_of(Arguments const& arguments, Environment const& environment = {})
{
    return std::get<Exit>(parsed(arguments, environment)).text;
}

using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(service_options)

BOOST_AUTO_TEST_CASE(the_defaults_are_those_of_the_struct)
{
    auto const options = given({});
    BOOST_TEST(options.file == "archive.log");
    BOOST_TEST(options.max_text == 2'000U);
    BOOST_TEST(options.rooms == (Texts{"/a", "/b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_kind_of_option_is_taken_from_the_command_line)
{
    auto const options = given({"--my-archive.file", "/var/x y", "--my-archive.everything=true",
        "--my-archive.port", "65535", "--my-archive.max-text", "10000", "--my-archive.least", "-5",
        "--my-archive.pause", "0", "--my-archive.rooms", "/c, /d", "--my-archive.rooms", "/e"});
    BOOST_TEST(options.file == "/var/x y");
    BOOST_TEST(options.everything);
    BOOST_TEST(options.port == 65'535);
    BOOST_TEST(options.max_text == 10'000U);
    BOOST_TEST(options.least == -5);
    BOOST_TEST(options.pause.count() == 0);
    BOOST_TEST(options.rooms == (Texts{"/c", "/d", "/e"}), boost::test_tools::per_element());
    BOOST_TEST(given({"--my-archive.rooms", ""}).rooms.empty());
}

BOOST_AUTO_TEST_CASE(the_file_has_a_section_for_the_service_and_the_environment_goes_before_it)
{
    TemporaryDirectory const directory;
    auto const file = directory.write(
        "conf", "timeout = 1\n[my-archive]\nfile = a # here\nmax-text = 5\nrooms = /x\n");
    auto const options = given({"--config", file}, {{"BAYEUXD_MY_ARCHIVE_MAX_TEXT", "6"}});
    BOOST_TEST(options.file == "a");
    BOOST_TEST(options.max_text == 6U);
    BOOST_TEST(options.rooms == Texts{"/x"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_an_error_that_says_what_it_must_be)
{
    auto const refusal = [](std::string const& option, std::string const& value) {
        auto const line = text_of({"--my-archive." + option, value, "--check-config"});
        std::string const prefix =
            "archived: command line: --my-archive." + option + " '" + value + "' ";
        BOOST_TEST(line.starts_with(prefix));
        return line.substr(std::min(prefix.size(), line.size()));
    };
    BOOST_TEST(refusal("max-text", "0") == "must be a whole number of bytes from 1 to 10000\n");
    BOOST_TEST(refusal("port", "65536") == "must be a whole number from 0 to 65535\n");
    BOOST_TEST(refusal("least", "6") == "must be a whole number from -5 to 5\n");
    BOOST_TEST(
        refusal("pause", "-1") == "must be a whole number of milliseconds from 0 to 2147483647\n");
    BOOST_TEST(refusal("everything", "yes") == "must be true, false\n");
    BOOST_TEST(refusal("rooms", "/c,d") == "must begin with '/'\n");
    BOOST_TEST(refusal("rooms", "/c,/c") == "must not be named twice\n");
    BOOST_TEST(refusal("file", "a#b") ==
               "must not hold '#' or control characters, nor blanks at its ends\n");
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", "[my-archive]\nmax-text = x\n");
    BOOST_TEST(text_of({"--config", file}) ==
               "archived: " + file +
                   ":2: my-archive.max-text 'x' must be a whole number of bytes from 1 to 10000\n");
    BOOST_TEST(text_of({}, {{"BAYEUXD_MY_ARCHIVE_X", "1"}}) ==
               "archived: environment: BAYEUXD_MY_ARCHIVE_X is not an option\n");
}

BOOST_AUTO_TEST_CASE(help_and_version_are_the_programs)
{
    auto const help = text_of({"--help"});
    BOOST_TEST(help.starts_with("Usage: archived [OPTION...]\n"));
    BOOST_TEST(help.find("--services NAMES (=my-archive)") != std::string::npos);
    BOOST_TEST(help.find("\nService my-archive:\n"
                         "  --my-archive.file FILE (=archive.log)\n"
                         "                                    where it goes\n"
                         "  --my-archive.everything BOOL (=false)\n") != std::string::npos);
    BOOST_TEST(
        help.find("\nServices:\n"
                  "  my-archive                        keeps messages\n"
                  "  plain                             does nothing\n") != std::string::npos);
    BOOST_TEST(text_of({"--version"}) == "archived 3\n");
}

BOOST_AUTO_TEST_CASE(what_print_config_prints_is_read_back)
{
    auto const config =
        text_of({"--my-archive.rooms", "/c,/d", "--timeout", "5", "--print-config"});
    BOOST_TEST(config.ends_with("\n\n# Service my-archive\n[my-archive]\nfile = archive.log\n"
                                "everything = false\nport = 7\nmax-text = 2000\nleast = -1\n"
                                "pause = 250\nrooms = /c\nrooms = /d\n"));
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", config);
    BOOST_TEST(text_of({"--config", file, "--print-config"}) == config);
}

BOOST_AUTO_TEST_CASE(services_choose_what_runs_and_in_which_order)
{
    auto const services = [](Arguments const& arguments) {
        return std::get<Options>(parsed(arguments)).services;
    };
    BOOST_TEST(services({}) == Texts{"my-archive"}, boost::test_tools::per_element());
    BOOST_TEST(services({"--services", "plain,my-archive"}) == (Texts{"plain", "my-archive"}),
        boost::test_tools::per_element());
    BOOST_TEST(services({"--services", ""}).empty());
    BOOST_TEST(text_of({"--services", "chat"}) ==
               "archived: command line: --services 'chat' must be of these: my-archive, plain\n");
}

BOOST_AUTO_TEST_CASE(a_service_is_made_with_its_options)
{
    testing::FakeWorld world;
    auto const type = ServiceType::of<Archive>("my-archive", "");
    auto options = type.defaults();
    type.options().at(0).add(options, "other.log");
    auto const made = type.make(world.context(), options);
    BOOST_TEST(dynamic_cast<Archive&>(*made).options.file == "other.log");
    type.options().at(0).add(options, "/nowhere");
    BOOST_CHECK_THROW(type.make(world.context(), options), std::runtime_error);
    auto const plain = ServiceType::of<Plain>("plain", "");
    BOOST_TEST(plain.make(world.context(), plain.defaults())->name() == "plain");
}

BOOST_AUTO_TEST_CASE(names_must_be_good_and_different)
{
    for (std::string const name : {"", "Chat", "my_chat", "a.b", "1a", "-a", "a b"})
        BOOST_CHECK_THROW(ServiceType::of<Plain>(name, ""), std::invalid_argument);
    auto const refusal = [](std::vector<ServiceType> services) {
        try {
            parse({}, {}, {"x", "x", std::move(services), {}});
        } catch (std::invalid_argument const& failure) {
            return std::string(failure.what());
        }
        return std::string("accepted");
    };
    auto const archive = [](std::string name) {
        return ServiceType::of<Archive>(std::move(name), "");
    };
    BOOST_TEST(refusal({archive("a"), archive("a")}) == "service a: the name is taken");
    BOOST_TEST(refusal({archive("ws")}) == "service ws: the name is taken");
    BOOST_TEST(refusal({archive("keep-alive"), archive("my")}) == "accepted");
    struct Clash : Plain {
        struct Options {
            bool timeout = false;
            static void describe(OptionTable<Options>& table)
            {
                table.add("timeout", &Options::timeout, "");
            }
        };
        Clash(ServiceContext& context, Options) : Plain(context) {}
    };
    BOOST_TEST(refusal({ServiceType::of<Clash>("request", "")}) ==
               "service request: the option request.timeout cannot be told from request-timeout");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
