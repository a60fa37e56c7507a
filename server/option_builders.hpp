#pragma once

#include "server/option_table.hpp"
#include "server/option_values.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

/// Rows of the option table, by the type of the member of Options or EngineOptions they stand for.
namespace bayeux::server {

template <class Value>
Value& at(Options& options, Value Options::*member)
{
    return options.*member;
}

template <class Value>
Value const& at(Options const& options, Value Options::*member)
{
    return options.*member;
}

template <class Value>
Value& at(Options& options, Value EngineOptions::*member)
{
    return options.engine.*member;
}

template <class Value>
Value const& at(Options const& options, Value EngineOptions::*member)
{
    return options.engine.*member;
}

constexpr std::int64_t largest_number = OptionRange().max;

/// What a number counts: as --help and as a message name it.
struct Unit {
    std::string_view value_name;
    std::string_view plural;
};

template <class Member>
OptionSpec number(std::string_view group, std::string name, Unit unit, OptionRange range,
    Member member, std::string help)
{
    auto add = [=](Options& options, std::string_view text) {
        auto& target = at(options, member);
        using Value = std::remove_reference_t<decltype(target)>;
        auto const value = parse_number(text, range, unit.plural);
        if constexpr (std::is_same_v<Value, Duration>) {
            target = Duration(value);
        } else {
            target = static_cast<Value>(value);
        }
    };
    auto values = [=](Options const& options) {
        auto const& value = at(options, member);
        if constexpr (std::is_same_v<decltype(value), Duration const&>) {
            return std::vector{std::to_string(value.count())};
        } else {
            return std::vector{std::to_string(value)};
        }
    };
    return {std::string(group), std::move(name), std::string(unit.value_name), std::move(help), add,
        values};
}

template <class Member>
OptionSpec number(std::string_view group, std::string name, Unit unit, std::int64_t min,
    Member member, std::string help)
{
    return number(
        group, std::move(name), unit, OptionRange{min, largest_number}, member, std::move(help));
}

/// A word out of a few, each of which stands for a value.
template <class Value>
using Words = std::vector<std::pair<std::string_view, Value>>;

template <class Value>
Value parse_word(Words<Value> const& words, std::string_view text)
{
    std::vector<std::string> names;
    for (auto const& [word, value] : words) {
        if (word == text) {
            return value;
        }
        names.emplace_back(word);
    }
    throw InvalidValue("must be " + joined(names, ", "));
}

template <class Value, class Member>
OptionSpec word(std::string_view group, std::string name, std::string value_name,
    Words<Value> words, Member member, std::string help)
{
    auto add = [=](Options& options, std::string_view text) {
        at(options, member) = parse_word(words, text);
    };
    auto values = [=](Options const& options) {
        auto const found = std::find_if(words.begin(), words.end(),
            [&](auto const& entry) { return entry.second == at(options, member); });
        return std::vector{std::string(found->first)};
    };
    return {
        std::string(group), std::move(name), std::move(value_name), std::move(help), add, values};
}

template <class Member>
OptionSpec boolean(std::string_view group, std::string name, Member member, std::string help)
{
    auto add = [=](Options& options, std::string_view text) {
        at(options, member) = parse_boolean(text);
    };
    auto values = [=](Options const& options) {
        return std::vector<std::string>{at(options, member) ? "true" : "false"};
    };
    return {std::string(group), std::move(name), "BOOL", std::move(help), add, values};
}

template <class Member>
OptionSpec text(std::string_view group, std::string name, std::string value_name,
    std::string (*parse)(std::string_view), Member member, std::string help)
{
    auto add = [=](Options& options, std::string_view value) {
        at(options, member) = parse(value);
    };
    auto values = [=](Options const& options) { return std::vector{at(options, member)}; };
    return {
        std::string(group), std::move(name), std::move(value_name), std::move(help), add, values};
}

/// `parse` makes an element of a text, `format` a text of an element. No text is taken twice;
/// addresses are, for port 0 names another port each time.
template <class Parse, class Format, class Member>
OptionSpec list(std::string_view group, std::string name, std::string value_name, Parse parse,
    Format format, Member member, std::string help)
{
    auto add = [=](Options& options, std::string_view value) {
        auto& elements = at(options, member);
        auto element = parse(value);
        if constexpr (std::is_same_v<decltype(element), std::string>) {
            if (std::find(elements.begin(), elements.end(), element) != elements.end()) {
                throw InvalidValue("must not be named twice");
            }
        }
        elements.push_back(std::move(element));
    };
    auto values = [=](Options const& options) {
        std::vector<std::string> texts;
        for (auto const& element : at(options, member)) {
            texts.push_back(format(element));
        }
        return texts;
    };
    auto clear = [=](Options& options) { at(options, member).clear(); };
    return {std::string(group), std::move(name), std::move(value_name), std::move(help), add,
        values, clear};
}

template <class Parse, class Member>
OptionSpec texts(std::string_view group, std::string name, std::string value_name, Parse parse,
    Member member, std::string help)
{
    return list(
        group, std::move(name), std::move(value_name), parse,
        [](std::string const& element) { return element; }, member, std::move(help));
}

template <class Member>
OptionSpec names(std::string_view group, std::string name, std::vector<std::string> const& known,
    Member member, std::string help)
{
    auto parse = [=](std::string_view text) {
        if (std::find(known.begin(), known.end(), text) == known.end()) {
            throw InvalidValue("must be of these: " + joined(known, ", "));
        }
        return std::string(text);
    };
    return texts(group, std::move(name), "NAMES", parse, member, std::move(help));
}

} // namespace bayeux::server
