#include "server/program.hpp"

int main(int argc, char** argv)
{
    return bayeux::server::Program().run(argc, argv);
}
