/* `gatewayctl parse` alone, for the tests and benchmarks of the parser. */
#include "parser/command.h"

int main(int argc, char **argv)
{
	return parse_command(argc, argv);
}
