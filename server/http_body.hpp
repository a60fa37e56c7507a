#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::server {

/// Finds the end of a request's body and removes the chunked coding (RFC 9112 6, 7.1). It looks at
/// each byte once and keeps none, so it does not matter how they were split.
///
/// Our own, because Beast's parser reads a chunk's header again with every byte that comes, and in
/// its judgement of a malformed one depends on where the bytes were split.
class BodyReader {
public:
    enum class Status : unsigned char { incomplete, complete, malformed, too_large };

    static BodyReader of_length(std::uint64_t length);
    /// `max_size` bounds the body; `max_extra` the chunk extensions and trailers, which are
    /// checked and dropped.
    static BodyReader chunked(std::uint64_t max_size, std::size_t max_extra);

    /// Appends what belongs to the body and returns how many bytes were used. Not to be called
    /// again once status() is anything but incomplete.
    std::size_t read(std::string_view bytes, std::string& body);

    Status status() const { return status_; }

private:
    enum class State : unsigned char {
        counted, ///< Content-Length: `left_` bytes to come
        size_start,
        size,
        size_end, ///< behind the digits
        extension,
        size_lf,
        data, ///< `left_` bytes of the chunk to come
        data_cr,
        data_lf,
        trailer_start,
        trailer_name,
        trailer,
        trailer_lf,
        end_lf
    };

    BodyReader() = default;
    void step(char c);
    void begin_size(char c);
    void continue_size(char c);
    void end_size(char c);
    void add_digit(int digit);
    void expect(char c, char expected, State next);
    void skip_name(char c);
    void skip_text(char c, State after_line);

    std::uint64_t left_ = 0;
    std::uint64_t allowance_ = 0; ///< bytes that further chunks may have
    std::size_t extra_left_ = 0;
    unsigned char digits_ = 0; ///< of the chunk size that is being read
    State state_ = State::counted;
    Status status_ = Status::incomplete;
};

} // namespace bayeux::server
