// main() of a fuzz target that was built without libFuzzer: runs it once over every file of the
// directories and files that are named on the command line.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> inputs_of(std::filesystem::path const& path)
{
    if (!std::filesystem::is_directory(path))
        return {path};
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(path))
        files.push_back(entry.path());
    return files;
}

} // namespace

int main(int argc, char** argv)
{
    std::size_t runs = 0;
    for (auto const& argument : std::vector<std::string>(argv + 1, argv + argc)) {
        for (auto const& file : inputs_of(argument)) {
            std::ifstream stream(file, std::ios::binary);
            std::vector<char> const bytes(std::istreambuf_iterator<char>(stream), {});
            if (stream.bad() || !stream.is_open()) {
                std::fprintf(stderr, "cannot read %s\n", file.c_str());
                return 1;
            }
            std::printf("%s\n", file.c_str());
            std::fflush(stdout); // the last line names the input of a crash
            LLVMFuzzerTestOneInput(
                reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
            ++runs;
        }
    }
    if (runs == 0)
        std::fprintf(stderr, "no input to replay\n");
    return runs == 0 ? 1 : 0;
}
