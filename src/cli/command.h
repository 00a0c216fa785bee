/* command - the commands of postern, each in its own file cmd_<name>.c
 *
 * argv[0] is the name of the command, options and operands follow. The result is the
 * exit status: 0 done, 1 failed, 2 wrong usage. To add a command, write its file and
 * name it here and in the table of main.c.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

int cmd_serve(int argc, char **argv);
int cmd_role(int argc, char **argv); /* hidden: a process of serve, started by exec */
int cmd_inbox(int argc, char **argv);
int cmd_sessions(int argc, char **argv);
int cmd_play(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_codes(int argc, char **argv);

#endif
