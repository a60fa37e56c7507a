// Several authors write in one pad, with all that a network does: what they send comes late or
// twice, what they are told is lost, and they come back with other sessions. All end with one text.

#include "bayeux/testing/fake_world.hpp"
#include "services/pad.hpp"
#include "services/text_change.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using bayeux::services::TextChange;

namespace {

namespace json = boost::json;
using Side = TextChange::Side;

std::int64_t whole(std::size_t units)
{
    return static_cast<std::int64_t>(units);
}

bool is_trail(char16_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

/// A change that replaces one part of the text.
TextChange splice(std::size_t at, std::size_t removed, std::u16string_view inserted)
{
    json::array steps;
    if (at > 0)
        steps.emplace_back(whole(at));
    steps.emplace_back(services::to_utf8(inserted));
    if (removed > 0)
        steps.emplace_back(-whole(removed));
    return {steps, 3};
}

TextChange difference(std::u16string const& before, std::u16string const& after)
{
    auto const shorter = std::min(before.size(), after.size());
    std::size_t start = 0;
    while (start < shorter && before[start] == after[start])
        ++start;
    if (start < before.size() && start > 0 && is_trail(before[start]))
        --start;
    else if (start < after.size() && start > 0 && is_trail(after[start]))
        --start;
    std::size_t end = 0;
    while (
        end < shorter - start && before[before.size() - 1 - end] == after[after.size() - 1 - end])
        ++end;
    if (end > 0 && is_trail(before[before.size() - end]))
        --end;
    return splice(start, before.size() - end - start,
        std::u16string_view(after).substr(start, after.size() - end - start));
}

std::u16string applied(TextChange const& change, std::u16string text)
{
    change.apply_to(text);
    return text;
}

/// What server/demo/pad-document.js does, with a network that can be told to fail.
class Author {
public:
    Author(FakeWorld& world, std::string name, std::minstd_rand& random)
        : world_(world), name_(std::move(name)), random_(random)
    {
        comes_with_another_session();
    }

    std::u16string const& text() const { return text_; }
    bool saved() const { return !asked_ && !sent_ && outgoing_.empty() && unsent_.empty(); }

    /// Inserts a word that nobody has written before, perhaps in place of something else.
    /// Does nothing before the text has come.
    bool writes(std::u16string const& word, bool may_remove)
    {
        if (life_.empty())
            return false;
        auto at = below(text_.size() + 1);
        auto end = std::min(text_.size(), at + (may_remove && below(3) == 0 ? below(6) : 0));
        while (at < text_.size() && is_trail(text_[at]))
            ++at;
        while (end < at || (end < text_.size() && is_trail(text_[end])))
            ++end;
        unsent_.push_back(splice(at, end - at, word));
        unsent_.back().apply_to(text_);
        goes_on();
        return true;
    }

    /// The oldest message that is under way arrives, or gets lost, perhaps after it has arrived,
    /// and so does what the server answers.
    void sends()
    {
        if (outgoing_.empty())
            return;
        auto const message = outgoing_.front();
        bool const lost = below(20) == 0;
        if (lost && below(2) == 0) {
            outgoing_.clear();
            return opens();
        }
        auto const answer = session_->publish("/service/pad", json::serialize(message));
        BOOST_REQUIRE_MESSAGE(answer.error().empty(), answer.text);
        if (lost)
            return opens();
        outgoing_.pop_front();
        hears(answer);
    }

    void polls()
    {
        auto const answer = session_->poll();
        if (below(20) == 0)
            return opens();
        hears(answer);
    }

    void comes_with_another_session()
    {
        session_ = std::make_unique<FakeClient>(world_);
        session_->subscribe("/pad/model");
        if (below(2) == 0)
            outgoing_.clear(); // else it arrives late, by the new one
        opens();
    }

private:
    struct Sent {
        std::int64_t n;
        TextChange change;
    };

    std::size_t below(std::size_t limit) { return random_() % limit; }

    json::object message(bool known) const
    {
        json::object message{{"pad", "model"}, {"client", name_}};
        if (known) {
            message["life"] = life_;
            message["rev"] = rev_;
        }
        return message;
    }

    void opens()
    {
        asked_ = true;
        outgoing_.push_back(message(!life_.empty()));
    }

    void says_change()
    {
        auto change = message(true);
        change["n"] = sent_->n;
        change["change"] = sent_->change.to_json();
        outgoing_.push_back(std::move(change));
    }

    void hears(Answer const& answer)
    {
        for (auto const& data : answer.data("/pad/model")) {
            auto const& message = data.as_object();
            if (message.contains("you"))
                is_answered(message);
            else if (!life_.empty())
                takes(message);
            goes_on();
        }
    }

    void takes(json::object const& message)
    {
        auto const rev = message.at("rev").as_int64();
        newest_ = std::max(newest_, rev);
        if (rev != rev_ + 1)
            return;
        rev_ = rev;
        TextChange const change(message.at("change").as_array(), 2'000);
        if (sent_ && message.at("by") == you_ && message.at("n") == sent_->n)
            arrived(applied(change, confirmed_));
        else
            merge(change);
    }

    void is_answered(json::object const& message)
    {
        asked_ = false;
        auto const rev = message.at("rev").as_int64();
        auto const done = message.at("done").as_int64();
        if (auto const* const text = message.if_contains("text")) {
            if (std::string_view(message.at("life").as_string()) != life_) {
                BOOST_REQUIRE(life_.empty());
                life_ = std::string_view(message.at("life").as_string());
                text_ = confirmed_ = services::to_utf16(text->as_string());
                rev_ = rev;
            } else if (rev > rev_) {
                auto const now = services::to_utf16(text->as_string());
                if (sent_ && sent_->n <= done)
                    arrived(now);
                else
                    merge(difference(confirmed_, now));
                rev_ = rev;
            }
        }
        you_ = message.at("you").as_int64();
        newest_ = std::max(newest_, rev);
        if (sent_ && sent_->n > done)
            says_change();
    }

    void arrived(std::u16string const& now)
    {
        sent_->change.apply_to(confirmed_);
        sent_.reset();
        merge(difference(confirmed_, now));
    }

    /// Takes in a change of others, past what is under way and what has not been sent yet.
    void merge(TextChange change)
    {
        change.apply_to(confirmed_);
        auto const pass = [&change](TextChange& mine) {
            auto const before = mine;
            mine = before.after(change, Side::second);
            change = change.after(before, Side::first);
        };
        if (sent_)
            pass(sent_->change);
        std::ranges::for_each(unsent_, pass);
        change.apply_to(text_);
    }

    void goes_on()
    {
        if (!asked_ && rev_ < newest_) {
            opens();
        } else if (!asked_ && !sent_ && !unsent_.empty()) {
            sent_ = Sent{++n_, std::move(unsent_.front())};
            unsent_.pop_front();
            says_change();
        }
    }

    FakeWorld& world_;
    std::string name_;
    std::minstd_rand& random_;
    std::unique_ptr<FakeClient> session_;
    std::deque<json::object> outgoing_;
    std::u16string text_;
    std::u16string confirmed_;
    std::optional<Sent> sent_;
    std::deque<TextChange> unsent_;
    std::string life_;
    std::int64_t rev_ = 0;
    std::int64_t newest_ = 0;
    std::int64_t you_ = 0;
    std::int64_t n_ = 0;
    bool asked_ = true;
};

/// So many changes that nobody can be told one by one what was missed.
void flood(FakeWorld& world)
{
    FakeClient client(world);
    auto message = json::object{{"pad", "model"}, {"client", "flood"}};
    auto const state = client.publish("/service/pad", json::serialize(message))
                           .data("/pad/model")
                           .at(0)
                           .as_object();
    message["life"] = state.at("life");
    for (std::int64_t n = 1; n <= 501; ++n) {
        message["rev"] = state.at("rev").as_int64() + n - 1;
        message["n"] = state.at("done").as_int64() + n;
        message["change"] = n % 2 == 0 ? json::array{-1} : json::array{"x"};
        client.publish("/service/pad", json::serialize(message));
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(all_authors_end_with_one_text)
{
    for (unsigned seed = 1; seed <= 200; ++seed) {
        FakeWorld world;
        world.install<services::Pad>();
        std::minstd_rand random(seed);
        std::deque<Author> authors;
        for (int i = 0; i < 2 + static_cast<int>(random() % 3); ++i)
            authors.emplace_back(world, "author " + std::to_string(i), random);
        bool const may_remove = seed % 2 == 0;
        char16_t word = 0xe000; // of private use
        for (int step = 0; step < 300; ++step) {
            auto& author = authors[random() % authors.size()];
            switch (random() % 8) {
            case 0:
            case 1:
            case 2:
                if (author.writes(
                        {0xd83e, 0xddf5, word, random() % 2 == 0 ? u'a' : u'ü'}, may_remove))
                    ++word;
                break;
            case 3:
            case 4:
                author.sends();
                break;
            case 5:
            case 6:
                author.polls();
                break;
            default:
                if (random() % 10 == 0)
                    author.comes_with_another_session();
                if (seed % 10 == 0 && random() % 30 == 0)
                    flood(world);
            }
            world.pass(Duration(random() % 20));
        }
        auto const done = [&] {
            return std::ranges::all_of(authors, [&](Author const& author) {
                return author.saved() && author.text() == authors.front().text();
            });
        };
        for (int rounds = 0; !done(); ++rounds) {
            BOOST_REQUIRE_MESSAGE(rounds < 1'000, "seed " << seed << " does not come to an end");
            for (auto& author : authors) {
                author.sends();
                author.polls();
            }
        }
        Author late(world, "late", random);
        while (!late.saved()) {
            late.sends();
            late.polls();
        }
        BOOST_REQUIRE_MESSAGE(late.text() == authors.front().text(), "seed " << seed);
        auto const text = late.text();
        for (char16_t w = 0xe000; w < word; ++w) {
            auto const times = std::ranges::count(text, w);
            BOOST_REQUIRE_MESSAGE(times == 1 || (times == 0 && may_remove),
                "seed " << seed << " has a word " << times << " times");
        }
    }
}
