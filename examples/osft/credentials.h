/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations that credentials.c, split.c and metadata.c share. No message repeats text that was
 * read from a file, a command or the metadata server; see ../common/credentials.h. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "../common/credentials.h"
#include "command.h"

#define COMMAND_OUTPUT_MAX 16384 /* the most bytes from a command or the metadata server */

/* ---- metadata.c: the metadata server of a cloud machine ---- */
/* Fetch the key of a RAM role. role "": the role that the machine has. Returns 0, or -1 with
 * *problem set. */
int fetch_role_key(struct access_key *key, const char *role, struct credentials_problem *problem);
/* Remove the framing of a chunked body in place. Returns 0 and the new length, or -1. */
int join_chunks(char *body, size_t *len);

/* ---- split.c ---- */
#define ARGUMENTS_MAX 64
/* Split a command into arguments, in place. White space separates arguments, except where quotes or
 * a backslash protect it, as in a shell. No other character is special. The array is ended by NULL.
 * Returns the number of arguments, or -1 when there are none or too many, or when a quote is not
 * closed. */
int split_command(char *command, char *arguments[ARGUMENTS_MAX + 1]);

#endif
