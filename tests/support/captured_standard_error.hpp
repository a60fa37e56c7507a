#pragma once

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace bayeux::testing {

/// Standard error as a file, while it lives.
class CapturedStandardError {
public:
    CapturedStandardError()
    {
        BOOST_REQUIRE(file_ != nullptr);
        dup2(fileno(file_), STDERR_FILENO);
    }
    ~CapturedStandardError()
    {
        dup2(saved_, STDERR_FILENO);
        close(saved_);
        std::fclose(file_);
    }
    CapturedStandardError(CapturedStandardError const&) = delete;
    CapturedStandardError& operator=(CapturedStandardError const&) = delete;

    std::string text() const
    {
        std::string text;
        std::array<char, 4096> block{};
        std::rewind(file_);
        while (auto const size = std::fread(block.data(), 1, block.size(), file_)) {
            text.append(block.data(), size);
        }
        return text;
    }

private:
    int saved_ = dup(STDERR_FILENO);
    std::FILE* file_ = std::tmpfile();
};

} // namespace bayeux::testing
