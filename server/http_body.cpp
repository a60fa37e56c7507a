#include "server/http_body.hpp"

#include "server/ascii.hpp"

namespace bayeux::server {

BodyReader BodyReader::of_length(std::uint64_t length)
{
    BodyReader reader;
    reader.left_ = length;
    reader.status_ = length == 0 ? Status::complete : Status::incomplete;
    return reader;
}

BodyReader BodyReader::chunked(std::uint64_t max_size, std::size_t max_extra)
{
    BodyReader reader;
    reader.allowance_ = max_size;
    reader.extra_left_ = max_extra;
    reader.state_ = State::size_start;
    return reader;
}

std::size_t BodyReader::read(std::string_view bytes, std::string& body)
{
    std::size_t used = 0;
    while (used < bytes.size() && status_ == Status::incomplete) {
        if (state_ != State::counted && state_ != State::data) {
            step(bytes[used++]);
            continue;
        }
        auto const part = bytes.substr(used, left_);
        body += part;
        used += part.size();
        left_ -= part.size();
        if (left_ > 0)
            continue;
        if (state_ == State::counted)
            status_ = Status::complete;
        else
            state_ = State::data_cr;
    }
    return used;
}

void BodyReader::step(char c)
{
    switch (state_) {
    case State::size_start:
        return begin_size(c);
    case State::size:
        return continue_size(c);
    case State::size_end:
        return end_size(c);
    case State::extension:
        return skip_text(c, State::size_lf);
    case State::size_lf:
        return expect(c, '\n', left_ > 0 ? State::data : State::trailer_start);
    case State::data_cr:
        return expect(c, '\r', State::data_lf);
    case State::data_lf:
        return expect(c, '\n', State::size_start);
    case State::trailer_start:
        return c == '\r' ? skip_text(c, State::end_lf) : skip_name(c);
    case State::trailer_name:
        return skip_name(c);
    case State::trailer:
        return skip_text(c, State::trailer_lf);
    case State::trailer_lf:
        return expect(c, '\n', State::trailer_start);
    case State::end_lf:
        expect(c, '\n', State::end_lf);
        if (status_ == Status::incomplete)
            status_ = Status::complete;
        return;
    case State::counted:
    case State::data:
        return; // read() takes these in one piece
    }
}

void BodyReader::begin_size(char c)
{
    auto const digit = hex_value(c);
    if (digit < 0) {
        status_ = Status::malformed;
        return;
    }
    left_ = 0;
    digits_ = 0;
    state_ = State::size;
    add_digit(digit);
}

void BodyReader::continue_size(char c)
{
    if (auto const digit = hex_value(c); digit >= 0)
        return add_digit(digit);
    allowance_ -= left_;
    state_ = State::size_end;
    end_size(c);
}

/// Blanks behind a size are put up with, but nothing that another reader could take for its end.
void BodyReader::end_size(char c)
{
    if (c == ';')
        state_ = State::extension;
    if (c == '\r' || c == ';' || c == ' ' || c == '\t')
        skip_text(c, State::size_lf);
    else
        status_ = Status::malformed;
}

void BodyReader::add_digit(int digit)
{
    constexpr auto max_digits = 16; // what fits in `left_`
    if (++digits_ > max_digits) {
        status_ = Status::malformed;
        return;
    }
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (left_ > allowance_)
        status_ = Status::too_large;
}

void BodyReader::expect(char c, char expected, State next)
{
    if (c == expected)
        state_ = next;
    else
        status_ = Status::malformed;
}

/// Of a trailer: ends with its colon, and is not empty.
void BodyReader::skip_name(char c)
{
    auto const is_end = c == ':' && state_ == State::trailer_name;
    if (!is_end && !is_token(c)) {
        status_ = Status::malformed;
        return;
    }
    state_ = is_end ? State::trailer : State::trailer_name;
    skip_text(c, state_);
}

void BodyReader::skip_text(char c, State after_line)
{
    constexpr char del = '\x7f';
    if (c == '\r') {
        state_ = after_line;
        return;
    }
    auto const is_text = static_cast<unsigned char>(c) >= ' ' ? c != del : c == '\t';
    if (!is_text || extra_left_ == 0) {
        status_ = Status::malformed;
        return;
    }
    --extra_left_;
}

} // namespace bayeux::server
