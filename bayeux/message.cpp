#include "bayeux/message.hpp"

#include "bayeux/detail/json_syntax.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

namespace bayeux {
namespace {

namespace json = boost::json;

/// Steps over JSON that has been validated before; so it never looks for errors.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) { skip_blank(); }

    char peek() const { return text_[at_]; }
    std::size_t position() const { return at_; }

    /// Enters an object or array; false when it is empty (and then stands behind it).
    bool enter()
    {
        ++at_;
        skip_blank();
        return !leave();
    }
    /// After a value inside an object or array: on to the next one, or behind the end.
    bool next()
    {
        skip_blank();
        if (leave())
            return false;
        ++at_; // the comma
        skip_blank();
        return true;
    }
    /// The string token at the cursor, quotes included.
    std::string_view string()
    {
        auto const begin = at_++;
        while (text_[at_] != '"')
            at_ += text_[at_] == '\\' ? 2 : 1;
        ++at_;
        return text_.substr(begin, at_ - begin);
    }
    void colon()
    {
        skip_blank();
        ++at_;
        skip_blank();
    }
    std::string_view value()
    {
        auto const begin = at_;
        if (peek() == '"') {
            string();
        } else if (peek() == '{' || peek() == '[') {
            std::size_t depth = 0;
            do {
                auto const c = peek();
                if (c == '"') {
                    string();
                    continue;
                }
                if (c == '{' || c == '[')
                    ++depth;
                else if (c == '}' || c == ']')
                    --depth;
                ++at_;
            } while (depth > 0);
        } else {
            at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        }
        return text_.substr(begin, at_ - begin);
    }

private:
    bool leave()
    {
        if (peek() != '}' && peek() != ']')
            return false;
        ++at_;
        return true;
    }
    void skip_blank() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Blanks out commas that stand before a closing bracket, so that what is forwarded is strict JSON.
void blank_trailing_commas(std::string& text)
{
    auto comma = std::string::npos;
    for (std::size_t at = 0; at < text.size(); ++at) {
        switch (text[at]) {
        case '"':
            for (++at; text[at] != '"'; ++at)
                if (text[at] == '\\')
                    ++at;
            comma = std::string::npos;
            break;
        case ',':
            comma = at;
            break;
        case ']':
        case '}':
            if (comma != std::string::npos)
                text[comma] = ' ';
            comma = std::string::npos;
            break;
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            break;
        default:
            comma = std::string::npos;
        }
    }
}

std::optional<std::int64_t> integer(std::string_view number)
{
    std::int64_t whole = 0;
    auto const [end, failed] = std::from_chars(number.begin(), number.end(), whole);
    if (failed == std::errc{} && end == number.end())
        return whole;
    double real = 0;
    auto const [real_end, real_failed] = std::from_chars(number.begin(), number.end(), real);
    if (real_failed != std::errc{} || real_end != number.end() || !(std::fabs(real) < 9e15))
        return std::nullopt;
    return static_cast<std::int64_t>(real);
}

/// Of members with the same name the last one counts.
void drop_duplicates(std::vector<Member>& members)
{
    constexpr std::size_t few = 16; // up to here comparing all pairs is cheaper than a set
    auto const again = [&](std::size_t at) {
        return std::any_of(members.begin() + static_cast<std::ptrdiff_t>(at) + 1, members.end(),
            [&](Member const& other) { return other.name == members[at].name; });
    };
    bool distinct = members.size() <= few;
    for (std::size_t at = 0; distinct && at < members.size(); ++at)
        distinct = !again(at);
    if (distinct)
        return;

    std::set<std::string_view> seen;
    std::vector<Member> kept;
    for (auto member = members.rbegin(); member != members.rend(); ++member)
        if (seen.insert(member->name).second)
            kept.push_back(*member);
    members.assign(kept.rbegin(), kept.rend());
}

} // namespace

/// Builds the messages of one body that has been validated.
class BatchParser {
public:
    BatchParser(std::string body, std::size_t max_messages)
        : max_messages_(max_messages), text_(std::make_shared<Message::Text>())
    {
        text_->body = std::move(body);
    }

    std::variant<Batch, ParseError> parse()
    {
        Cursor cursor(text_->body);
        if (cursor.peek() == '{') {
            if (max_messages_ == 0)
                return too_many();
            read_message(cursor);
        } else if (cursor.peek() == '[') {
            for (bool more = cursor.enter(); more; more = cursor.next()) {
                if (cursor.peek() != '{')
                    return unusable("an element that is no object");
                if (batch_.size() == max_messages_) // a Message is much larger than `{},`
                    return too_many();
                read_message(cursor);
            }
            if (batch_.empty())
                return unusable("no messages");
        } else if (cursor.peek() == 'n') {
            return unusable("null");
        } else {
            return ParseError{ParseError::Kind::malformed, "neither object nor array"};
        }
        if (!problem_.empty())
            return unusable(problem_);
        return std::move(batch_);
    }

private:
    static ParseError unusable(std::string reason)
    {
        return {ParseError::Kind::unusable, std::move(reason)};
    }
    static ParseError too_many() { return {ParseError::Kind::too_many, "too many in a batch"}; }

    std::string_view decoded(std::string_view token)
    {
        auto const inner = token.substr(1, token.size() - 2);
        if (inner.find('\\') == std::string_view::npos)
            return inner;
        auto const value = json::parse({token.data(), token.size()});
        return text_->decoded.emplace_front(value.get_string().c_str(), value.get_string().size());
    }

    /// A string's content, or the text of anything else.
    std::string_view as_text(std::string_view value)
    {
        return value.front() == '"' ? decoded(value) : value;
    }

    void read_message(Cursor& cursor)
    {
        auto& message = batch_.emplace_back();
        message.text_ = text_;
        message.members_.reserve(6);
        bool advice_is_numbers = true;
        for (bool more = cursor.enter(); more; more = cursor.next()) {
            auto const name = decoded(cursor.string());
            cursor.colon();
            auto const value = cursor.value();
            message.members_.push_back({name, value});
            if (name == "channel")
                read_channel(message, value);
            else if (name == "id")
                message.id_ = value == "null" ? std::nullopt : std::optional(as_text(value));
            else if (name == "clientId")
                message.client_id_ = value.front() == '"' ? decoded(value) : std::string_view{};
            else if (name == "subscription")
                read_subscription(message, value);
            else if (name == "advice")
                advice_is_numbers = read_advice(message, value);
        }
        drop_duplicates(message.members_);
        if (!advice_is_numbers && message.channel_ == "/meta/connect")
            problem_ = "advice of a connect that is no number";
    }

    void read_channel(Message& message, std::string_view value)
    {
        message.channel_ = {};
        if (value.front() == '"')
            message.channel_ = decoded(value);
        else if (value != "null")
            problem_ = "a channel that is no string";
    }

    void read_subscription(Message& message, std::string_view value)
    {
        message.subscription_text_ = value == "null" ? std::string_view{} : value;
        message.subscriptions_.reset();
        if (value.front() == '"') {
            message.subscriptions_.emplace().push_back(decoded(value));
        } else if (value.front() == '[') {
            auto& channels = message.subscriptions_.emplace();
            Cursor cursor(value);
            for (bool more = cursor.enter(); more; more = cursor.next())
                channels.push_back(as_text(cursor.value()));
        }
    }

    /// False when a member that must be a number is none (wire-behaviour 1.6).
    bool read_advice(Message& message, std::string_view value)
    {
        message.advice_.reset();
        if (value.front() != '{')
            return true;
        auto& advice = message.advice_.emplace();
        bool numbers = true;
        Cursor cursor(value);
        for (bool more = cursor.enter(); more; more = cursor.next()) {
            auto const name = decoded(cursor.string());
            cursor.colon();
            auto const number = cursor.value();
            if ((name != "timeout" && name != "interval") || number == "null")
                continue;
            auto const parsed = integer(number);
            (name == "timeout" ? advice.timeout : advice.interval) = parsed;
            numbers = numbers && parsed;
        }
        return numbers;
    }

    std::size_t max_messages_;
    std::shared_ptr<Message::Text> text_;
    Batch batch_;
    std::string problem_;
};

Message Message::make(std::string_view channel, std::string data_json)
{
    detail::require_utf8(channel);
    Message message;
    message.text_ = std::make_shared<Text>();
    message.channel_ = message.text_->decoded.emplace_front(channel);
    message.set_data(std::move(data_json));
    return message;
}

json::value Message::value(std::string_view name) const
{
    auto const text = member(name);
    if (text.empty())
        return nullptr;
    json::parse_options options;
    options.max_depth = text.size(); // the batch's own limit has been checked
    return json::parse({text.data(), text.size()}, {}, options);
}

json::value Message::ext(std::string_view name) const
{
    auto ext = value("ext");
    auto* const object = ext.if_object();
    auto* const found = object != nullptr ? object->if_contains(name) : nullptr;
    return found != nullptr ? std::move(*found) : nullptr;
}

std::string_view Message::member(std::string_view name) const
{
    for (auto const& member : members_)
        if (member.name == name)
            return member.value;
    return {};
}

void Message::set_data(std::string json)
{
    set_member("data", std::move(json));
}

void Message::set_member(std::string_view name, std::string json)
{
    detail::require_member(name, json);
    std::string_view const value = text_->decoded.emplace_front(std::move(json));
    for (auto& member : members_) {
        if (member.name == name) {
            member.value = value;
            return;
        }
    }
    members_.push_back({text_->decoded.emplace_front(name), value});
}

std::variant<Batch, ParseError> parse_batch(std::string body, ParseLimits limits)
{
    using detail::TrailingCommas;
    if (auto const strict = detail::check_syntax(body, limits.depth, TrailingCommas::refuse)) {
        if (detail::check_syntax(body, limits.depth, TrailingCommas::allow))
            return ParseError{ParseError::Kind::malformed, strict.message()};
        blank_trailing_commas(body);
    }
    return BatchParser(std::move(body), limits.messages).parse();
}

} // namespace bayeux
