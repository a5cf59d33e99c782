/*
 * `gatewayctl parse FILE... | - | --jsonl FILE...`: the contract is parser/README.md.
 */
#ifndef PARSER_COMMAND_H
#define PARSER_COMMAND_H

/*
 * argv[0] is the verb.  Prints to standard output, what cannot be read to standard error; returns
 * the exit status: 0, 1 when a file cannot be read, 64 for wrong usage.
 */
int parse_command(int argc, char **argv);

#endif
