#include "bayeux/channel_template.hpp"

#include "bayeux/channel_name.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux {
namespace {

std::vector<std::string> split(std::string_view channel)
{
    std::vector<std::string> segments;
    for (std::size_t begin = 1; begin <= channel.size();) {
        auto const end = std::min(channel.find('/', begin), channel.size());
        segments.emplace_back(channel.substr(begin, end - begin));
        begin = end + 1;
    }
    return segments;
}

bool is_variable(std::string_view segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string_view variable(std::string_view segment)
{
    return segment.substr(1, segment.size() - 2);
}

[[noreturn]] void refuse(std::string_view text, char const* why)
{
    throw std::invalid_argument(std::string(text).append(": ").append(why));
}

} // namespace

std::string const& Parameters::at(std::string_view name) const
{
    auto const found =
        std::ranges::find(values_, name, &std::pair<std::string, std::string>::first);
    if (found == values_.end())
        throw std::out_of_range("no {" + std::string(name) + "} in the channel's template");
    return found->second;
}

ChannelTemplate::ChannelTemplate(std::string_view text)
    : text_(channel_identity(text)), segments_(split(text_))
{
    std::string plain; // with something in place of each variable
    std::vector<std::string_view> names;
    for (auto const& segment : segments_) {
        bool const is = is_variable(segment);
        plain.append("/").append(is ? variable(segment) : segment);
        if (!is && segment.find_first_of("{}") != std::string::npos)
            refuse(text, "a variable is a whole segment with a name: {name}");
        if (!is)
            continue;
        if (std::ranges::find(names, variable(segment)) != names.end())
            refuse(text, "a variable stands there twice");
        names.push_back(variable(segment));
    }
    if (!text.starts_with('/') || !is_channel_name(plain, plain.size()))
        refuse(text, "no channel name");
    if (names.empty()) {
        listening_channel_ = text_;
        return;
    }
    if (is_wild(plain))
        refuse(text, "variables and wildcards do not go together");
    auto const first = text_.find('{');
    bool const last_segment_only = names.size() == 1 && text_.ends_with('}');
    listening_channel_ = text_.substr(0, first) + (last_segment_only ? "*" : "**");
}

std::optional<Parameters> ChannelTemplate::match(std::string_view channel) const
{
    channel = channel_identity(channel);
    if (listening_channel_ == text_) {
        bool matches = channel == text_;
        if (is_wild(text_))
            for_each_wild_name(
                channel, [&](std::string_view wild) { matches = matches || wild == text_; });
        return matches ? std::optional(Parameters()) : std::nullopt;
    }
    auto const segments = split(channel);
    if (segments.size() != segments_.size() || is_wild(channel))
        return std::nullopt;
    Parameters found;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (is_variable(segments_[i]))
            found.values_.emplace_back(variable(segments_[i]), segments[i]);
        else if (segments_[i] != segments[i])
            return std::nullopt;
    }
    return found;
}

} // namespace bayeux
