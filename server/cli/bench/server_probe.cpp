#include "server/cli/bench/server_probe.hpp"

#include "server/cli/bench/failure.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bayeux::cli {
namespace {

std::string folder(pid_t process)
{
    return "/proc/" + std::to_string(process);
}

/// The number on the line that begins with `name`, in kB.
std::optional<std::int64_t> kilobytes(std::string const& file, std::string_view name)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name)) {
            return std::stoll(line.substr(name.size()));
        }
    }
    return std::nullopt;
}

/// In ticks of a hundredth of a second, as every kernel has it.
Time cpu_in_ticks(pid_t process)
{
    std::ifstream file(folder(process) + "/stat");
    std::string text;
    std::getline(file, text);
    auto at = text.rfind(')');
    for (int field = 2; field < 14 && at != std::string::npos; ++field) {
        at = text.find(' ', at + 1);
    }
    if (at == std::string::npos) {
        return 0;
    }
    std::size_t length = 0;
    auto const user = std::stoll(text.substr(at), &length);
    auto const kernel = std::stoll(text.substr(at + length));
    return (user + kernel) * (second / sysconf(_SC_CLK_TCK));
}

Time cpu_of(pid_t process)
{
    Time sum = 0;
    std::error_code error;
    std::filesystem::directory_iterator const threads(folder(process) + "/task", error);
    for (auto const& thread : threads) {
        Time spent = 0;
        if (!(std::ifstream(thread.path() / "schedstat") >> spent)) {
            return cpu_in_ticks(process); // a kernel without, or a thread that ends
        }
        sum += spent;
    }
    return sum;
}

} // namespace

ServerProbe::ServerProbe(std::vector<pid_t> processes) : processes_(std::move(processes))
{
    for (auto const process : processes_) {
        if (!std::filesystem::exists(folder(process))) {
            throw Failure("there is no process " + std::to_string(process));
        }
    }
}

Time ServerProbe::cpu() const
{
    Time sum = 0;
    for (auto const process : processes_) {
        sum += cpu_of(process);
    }
    return sum;
}

std::int64_t ServerProbe::rss_kb() const
{
    std::int64_t sum = 0;
    for (auto const process : processes_) {
        sum += kilobytes(folder(process) + "/status", "VmRSS:").value_or(0);
    }
    return sum;
}

std::optional<std::int64_t> ServerProbe::pss_kb() const
{
    std::int64_t sum = 0;
    for (auto const process : processes_) {
        auto const one = kilobytes(folder(process) + "/smaps_rollup", "Pss:");
        if (!one) {
            return std::nullopt;
        }
        sum += *one;
    }
    return sum;
}

} // namespace bayeux::cli
