#include "services/text_change.hpp"

#include "bayeux/utf8.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr auto endless = std::numeric_limits<std::size_t>::max();

bool is_lead(char16_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

bool is_trail(char16_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

} // namespace

std::u16string to_utf16(std::string_view utf8)
{
    std::u16string text;
    text.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        auto const lead = static_cast<unsigned char>(utf8[at++]);
        auto const more = lead < 0x80 ? 0U : lead < 0xe0 ? 1U : lead < 0xf0 ? 2U : 3U;
        char32_t code = more == 0 ? lead : lead & (0x3fU >> more);
        for (auto left = more; left > 0 && at < utf8.size(); --left)
            code = code << 6U | (static_cast<unsigned char>(utf8[at++]) & 0x3fU);
        if (code < 0x10000) {
            text += static_cast<char16_t>(code);
        } else {
            text += static_cast<char16_t>(0xd7c0U + (code >> 10U));
            text += static_cast<char16_t>(0xdc00U | (code & 0x3ffU));
        }
    }
    return text;
}

std::string to_utf8(std::u16string_view utf16)
{
    std::string text;
    text.reserve(utf16.size());
    for (std::size_t at = 0; at < utf16.size(); ++at) {
        char32_t code = utf16[at];
        if (is_lead(utf16[at]) && at + 1 < utf16.size())
            code = ((code - 0xd7c0U) << 10U) + (utf16[++at] & 0x3ffU);
        append_utf8(text, code);
    }
    return text;
}

TextChange::TextChange(json::array const& steps, std::size_t max_steps)
{
    if (steps.size() > max_steps)
        throw std::invalid_argument("has too many steps");
    for (auto const& step : steps) {
        if (auto const* const text = step.if_string()) {
            insert(to_utf16(*text));
            continue;
        }
        // No text is longer; sums of so few steps stay far from an overflow.
        constexpr auto limit = std::int64_t{1} << 40;
        auto const* const number = step.if_int64();
        if (number == nullptr || *number == 0 || *number > limit || *number < -limit)
            throw std::invalid_argument("must consist of numbers to keep or remove, and texts");
        if (*number > 0)
            keep(static_cast<std::size_t>(*number));
        else
            remove(static_cast<std::size_t>(-*number));
    }
    finish();
}

void TextChange::keep(std::size_t units)
{
    if (units == 0)
        return;
    if (!steps_.empty() && steps_.back().kind == Kind::keep)
        steps_.back().units += units;
    else
        steps_.push_back({Kind::keep, units, {}});
}

void TextChange::insert(std::u16string_view text)
{
    if (text.empty())
        return;
    auto at = steps_.end();
    if (!steps_.empty() && steps_.back().kind == Kind::remove)
        --at;
    if (at != steps_.begin() && std::prev(at)->kind == Kind::insert) {
        --at;
        at->text += text;
        at->units += text.size();
    } else {
        steps_.insert(at, {Kind::insert, text.size(), std::u16string(text)});
    }
}

void TextChange::remove(std::size_t units)
{
    if (units == 0)
        return;
    if (!steps_.empty() && steps_.back().kind == Kind::remove)
        steps_.back().units += units;
    else
        steps_.push_back({Kind::remove, units, {}});
}

void TextChange::finish()
{
    if (!steps_.empty() && steps_.back().kind == Kind::keep)
        steps_.pop_back();
}

std::int64_t TextChange::growth() const
{
    std::int64_t units = 0;
    for (auto const& step : steps_)
        if (step.kind != Kind::keep)
            units += (step.kind == Kind::insert ? 1 : -1) * static_cast<std::int64_t>(step.units);
    return units;
}

std::size_t TextChange::memory() const
{
    auto bytes = sizeof *this;
    for (auto const& step : steps_)
        bytes += sizeof step + step.text.size() * sizeof(char16_t);
    return bytes;
}

json::array TextChange::to_json() const
{
    json::array all;
    for (auto const& step : steps_) {
        if (step.kind == Kind::insert)
            all.emplace_back(to_utf8(step.text));
        else
            all.emplace_back(
                (step.kind == Kind::keep ? 1 : -1) * static_cast<std::int64_t>(step.units));
    }
    return all;
}

/// The steps one by one, or in parts; behind the last one everything is kept.
class TextChange::Walk {
public:
    explicit Walk(std::vector<Step> const& steps) : at_(steps.begin()), end_(steps.end())
    {
        load();
    }

    bool done() const { return at_ == end_; }
    bool inserts() const { return !done() && at_->kind == Kind::insert; }
    bool removes() const { return !done() && at_->kind == Kind::remove; }
    std::size_t left() const { return left_; }
    std::u16string const& text() const { return at_->text; }

    void pass(std::size_t units)
    {
        if (done())
            return;
        left_ -= units;
        if (left_ == 0) {
            ++at_;
            load();
        }
    }

private:
    void load() { left_ = done() ? endless : at_->units; }

    std::vector<Step>::const_iterator at_;
    std::vector<Step>::const_iterator end_;
    std::size_t left_ = 0;
};

TextChange TextChange::after(TextChange const& other, Side mine) const
{
    TextChange result;
    Walk me(steps_);
    Walk they(other.steps_);
    while (!me.done()) {
        if (me.inserts() && (mine == Side::first || !they.inserts())) {
            result.insert(me.text());
            me.pass(me.left());
        } else if (they.inserts()) {
            result.keep(they.left());
            they.pass(they.left());
        } else {
            auto const units = std::min(me.left(), they.left());
            if (!they.removes()) // what both remove is gone already
                me.removes() ? result.remove(units) : result.keep(units);
            me.pass(units);
            they.pass(units);
        }
    }
    result.finish();
    return result;
}

void TextChange::apply_to(std::u16string& text) const
{
    std::u16string changed;
    std::size_t at = 0;
    for (auto const& step : steps_) {
        if (at > 0 && at < text.size() && is_lead(text[at - 1]) && is_trail(text[at]))
            throw std::invalid_argument("ends inside of a character");
        if (step.kind == Kind::insert) {
            changed += step.text;
            continue;
        }
        if (step.units > text.size() - at)
            throw std::invalid_argument("goes beyond the end of the text");
        if (step.kind == Kind::keep)
            changed.append(text, at, step.units);
        at += step.units;
    }
    if (at > 0 && at < text.size() && is_lead(text[at - 1]) && is_trail(text[at]))
        throw std::invalid_argument("ends inside of a character");
    changed.append(text, at);
    text = std::move(changed);
}

} // namespace bayeux::services
