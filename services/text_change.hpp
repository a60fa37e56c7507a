#pragma once

#include <boost/json/array.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Changes of one text that several people write at the same time (operational transformation, as
/// in Jupiter). Positions and lengths count UTF-16 code units, as JavaScript does. Pure functions.
namespace bayeux::services {

/// Between valid UTF-8 and UTF-16.
std::u16string to_utf16(std::string_view utf8);
std::string to_utf8(std::u16string_view utf16);

/// A walk over a text from its beginning: keep so many units, insert these, remove so many. What
/// lies behind the last step is kept. In JSON `[5, "hi", -2]`: a positive number keeps, a text is
/// inserted, a negative number removes.
class TextChange {
public:
    TextChange() = default; ///< changes nothing
    /// Throws std::invalid_argument, with a text for its author, for what is no change, or has more
    /// than `max_steps` steps.
    TextChange(boost::json::array const& steps, std::size_t max_steps);

    bool empty() const { return steps_.empty(); }
    std::size_t steps() const { return steps_.size(); }
    /// How much longer the text becomes.
    std::int64_t growth() const;
    /// Bytes, about.
    std::size_t memory() const;
    boost::json::array to_json() const;

    enum class Side { first, second };
    /// This change as it is to be made after `other`, when both were made to the same text: for any
    /// two, `a` and then `b.after(a, second)` gives what `b` and then `a.after(b, first)` gives. Of
    /// two inserts in one place the one of the `first` side stands first.
    TextChange after(TextChange const& other, Side mine) const;

    /// Throws std::invalid_argument, and leaves the text alone, when it is too short, or a step
    /// ends between the two halves of a character.
    void apply_to(std::u16string& text) const;

private:
    enum class Kind { keep, insert, remove };
    struct Step {
        Kind kind;
        std::size_t units; ///< of the inserted text too
        std::u16string text;
    };
    class Walk;

    void keep(std::size_t units);
    void insert(std::u16string_view text);
    void remove(std::size_t units);
    void finish();

    std::vector<Step> steps_; ///< none is empty, no two neighbours are alike, inserts come before
                              ///< removes, and the last one keeps nothing
};

} // namespace bayeux::services
