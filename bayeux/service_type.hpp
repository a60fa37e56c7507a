#pragma once

#include "bayeux/option_value.hpp"
#include "bayeux/service.hpp"
#include "bayeux/time.hpp"

#include <algorithm>
#include <any>
#include <concepts>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bayeux {

/// An option of a service, made by OptionTable. `options` holds the service's Options.
struct ServiceOption {
    std::string name;       ///< without the service's: "max-text"
    std::string value_name; ///< for help: "BYTES"
    std::string help;
    /// Sets the member, or appends to it when it is a list. Throws InvalidValue.
    std::function<void(std::any& options, std::string_view text)> add;
    /// What `add` would have to be given; one text when the option is no list.
    std::function<std::vector<std::string>(std::any const& options)> values;
    /// Empties a list; null when the option is none.
    std::function<void(std::any& options)> clear = nullptr;
};

/// Says what is wrong with a text, as "must begin with '/'"; nothing when it returns an empty one.
using OptionCheck = std::function<std::string(std::string_view)>;

/// Where a service describes its options, in `static void describe(OptionTable<Options>&)` of its
/// `struct Options`. That is an ordinary struct, copyable; its initialisers are the defaults:
///
///     struct Options {
///         std::string file = "audit.log";
///         std::size_t max_text = 2'000;
///         static void describe(OptionTable<Options>& table)
///         {
///             table.add("file", &Options::file, "FILE", "where messages are written down");
///             table.add("max-text", &Options::max_text, "BYTES", "longest text", {1, 100'000});
///         }
///     };
///
/// Of a service `audited-chat` these are `--audited-chat.file` on the command line, `file` in the
/// section `[audited-chat]` of the configuration file, and BAYEUXD_AUDITED_CHAT_FILE.
///
/// Names consist of lower-case letters, digits and `-`. `value_name` stands for the value in the
/// help; that of a number says what it counts: `BYTES`, `MESSAGES`, or `N` when nothing fits.
template <class Options>
class OptionTable {
public:
    void add(std::string name, std::string Options::*member, std::string value_name,
        std::string help, OptionCheck const& check = nullptr)
    {
        insert(
            std::move(name), std::move(value_name), std::move(help), member,
            [check](std::string_view text) { return checked(check, text); },
            [](std::string const& value) { return value; });
    }
    /// Repeatable; one value may hold several elements, separated by commas. `check` is asked of
    /// each element.
    void add(std::string name, std::vector<std::string> Options::*member, std::string value_name,
        std::string help, OptionCheck const& check = nullptr)
    {
        rows_.push_back({std::move(name), std::move(value_name), std::move(help),
            [member, check](std::any& options, std::string_view text) {
                auto& elements = std::any_cast<Options&>(options).*member;
                auto element = checked(check, text);
                if (std::find(elements.begin(), elements.end(), element) != elements.end())
                    throw InvalidValue("must not be named twice");
                elements.push_back(std::move(element));
            },
            [member](
                std::any const& options) { return std::any_cast<Options const&>(options).*member; },
            [member](std::any& options) { (std::any_cast<Options&>(options).*member).clear(); }});
    }
    /// `true` or `false`.
    void add(std::string name, bool Options::*member, std::string help)
    {
        insert(std::move(name), "BOOL", std::move(help), member, parse_boolean,
            [](bool value) { return std::string(value ? "true" : "false"); });
    }
    /// In milliseconds.
    void add(std::string name, Duration Options::*member, std::string value_name, std::string help,
        OptionRange range = {})
    {
        insert(
            std::move(name), std::move(value_name), std::move(help), member,
            [range](std::string_view text) {
                return Duration(parse_number(text, range, "milliseconds"));
            },
            [](Duration value) { return std::to_string(value.count()); });
    }
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) void add(std::string name, Number Options::*member,
        std::string value_name, std::string help, OptionRange range = {})
    {
        using Limits = std::numeric_limits<Number>;
        if (std::cmp_less(range.min, Limits::min()))
            range.min = Limits::min();
        if (std::cmp_greater(range.max, Limits::max()))
            range.max = static_cast<std::int64_t>(Limits::max());
        auto const unit = value_name == "N" ? std::string() : lower_case(value_name);
        insert(
            std::move(name), std::move(value_name), std::move(help), member,
            [range, unit](std::string_view text) {
                return static_cast<Number>(parse_number(text, range, unit));
            },
            [](Number value) { return std::to_string(value); });
    }

    std::vector<ServiceOption> const& rows() const { return rows_; }

private:
    template <class Value, class Parse, class Format>
    void insert(std::string name, std::string value_name, std::string help, Value Options::*member,
        Parse parse, Format format)
    {
        rows_.push_back({std::move(name), std::move(value_name), std::move(help),
            [member, parse](std::any& options, std::string_view text) {
                std::any_cast<Options&>(options).*member = parse(text);
            },
            [member, format](std::any const& options) {
                return std::vector{format(std::any_cast<Options const&>(options).*member)};
            }});
    }
    static std::string checked(OptionCheck const& check, std::string_view text)
    {
        auto parsed = parse_text(text);
        if (auto const problem = check ? check(text) : std::string(); !problem.empty())
            throw InvalidValue(problem);
        return parsed;
    }
    static std::string lower_case(std::string text)
    {
        for (char& c : text)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return text;
    }

    std::vector<ServiceOption> rows_;
};

/// A service with options is made from the context and them, another one from the context alone.
template <class Service>
concept HasOptions = requires
{
    typename Service::Options;
};

/// A class of services under the name by which users choose it: how to make one, and its options.
/// A value; any thread.
class ServiceType {
public:
    /// `name` consists of lower-case letters, digits and `-`, and begins with a letter; else
    /// std::invalid_argument, as for the names of options. `description` is for the help, a few
    /// words: "private chat with an audit log".
    template <std::derived_from<BayeuxService> Service>
    static ServiceType of(std::string name, std::string description)
    {
        if constexpr (HasOptions<Service>) {
            using Options = typename Service::Options;
            static_assert(std::is_constructible_v<Service, ServiceContext&, Options>,
                "a service with Options is made as Service(ServiceContext&, Options)");
            OptionTable<Options> table;
            Options::describe(table);
            return {std::move(name), std::move(description), table.rows(), Options(),
                [](ServiceContext& context, std::any const& options) -> Made {
                    return std::make_unique<Service>(
                        context, std::any_cast<Options const&>(options));
                }};
        } else {
            static_assert(std::is_constructible_v<Service, ServiceContext&>,
                "a service without Options is made as Service(ServiceContext&)");
            return {std::move(name), std::move(description), {}, {},
                [](ServiceContext& context, std::any const&) -> Made {
                    return std::make_unique<Service>(context);
                }};
        }
    }

    std::string const& name() const { return name_; }
    std::string const& description() const { return description_; }
    std::vector<ServiceOption> const& options() const { return options_; }
    /// The service's Options as they are by default; empty when it has none.
    std::any const& defaults() const { return defaults_; }
    /// `options` is a changed copy of defaults(). What the constructor throws comes to the caller.
    std::unique_ptr<BayeuxService> make(ServiceContext& context, std::any const& options) const
    {
        return maker_(context, options);
    }

private:
    using Made = std::unique_ptr<BayeuxService>;
    using Maker = Made (*)(ServiceContext&, std::any const&);
    ServiceType(std::string name, std::string description, std::vector<ServiceOption> options,
        std::any defaults, Maker maker);

    std::string name_;
    std::string description_;
    std::vector<ServiceOption> options_;
    std::any defaults_;
    Maker maker_;
};

} // namespace bayeux
