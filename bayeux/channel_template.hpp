#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux {

/// What the variables of a ChannelTemplate stand for in one channel.
class Parameters {
public:
    /// Throws std::out_of_range for a name that is not in the template.
    std::string const& at(std::string_view name) const;
    bool empty() const { return values_.empty(); }

private:
    friend class ChannelTemplate;
    std::vector<std::pair<std::string, std::string>> values_;
};

/// A set of channels: one channel, what a wild channel matches, or what a name with variables
/// matches, each of which stands for one segment: `/room/{id}`, `/game/{id}/player/{name}`. Such a
/// name matches no wild channel: `/room/*` is no room.
class ChannelTemplate {
public:
    /// Throws std::invalid_argument for a text that is none of these.
    explicit ChannelTemplate(std::string_view text);

    std::string const& text() const { return text_; }
    /// The narrowest channel, wild where there are variables, that gets all messages on what this
    /// matches.
    std::string const& listening_channel() const { return listening_channel_; }
    /// None when `channel` is not matched; without variables there are no parameters.
    std::optional<Parameters> match(std::string_view channel) const;

private:
    std::string text_;
    std::vector<std::string> segments_; ///< a variable begins with `{`
    std::string listening_channel_;
};

} // namespace bayeux
