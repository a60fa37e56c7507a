#include "server/cli/program.hpp"

int main(int argc, char** argv)
{
    return bayeux::cli::run_program({argv + 1, argv + argc});
}
