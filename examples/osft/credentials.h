/* SPDX-License-Identifier: Apache-2.0 */
/* What credentials.c and metadata.c share. Nothing that was read from a file, a command or the
 * metadata server is ever put into a
 * message: only names of files and variables, line numbers, and names that these functions know. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "../common/credentials.h"
#include "command.h"

#define COMMAND_OUTPUT_MAX 16384 /* of what a command prints, or the metadata server sends */

/* ---- metadata.c: the metadata server of a cloud machine ---- */
/* role "": the one that the machine has. Returns 0, or -1. */
int fetch_role_key(struct access_key *key, const char *role, struct credentials_problem *problem);
/* Removes the framing of a chunked body in place. Returns 0 with its new length, or -1. */
int join_chunks(char *body, size_t *len);

/* ---- split.c ---- */
#define ARGUMENTS_MAX 64
/* Splits a command into arguments, in place: white space separates them; quotes and backslashes
 * keep it, as in a shell, and nothing else is special. Returns how many there are, or -1: none, too
 * many, or a quote that does not end. The array is ended by NULL. */
int split_command(char *command, char *arguments[ARGUMENTS_MAX + 1]);

#endif
