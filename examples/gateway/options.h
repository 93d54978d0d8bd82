/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "config.h"

#define ARGUMENTS_MAX 400 /* of --set */

struct options {
    const char *config_path; /* NULL: none */
    const char *settings[ARGUMENTS_MAX];
    int setting_count;
    int check_only, show_version, show_help;
};

/* Returns 0, or -1 after reporting what is wrong. */
int read_options(struct options *options, int argc, char **argv);
void print_help(void);
void print_version(void);
/* Say that the configuration is right, how many instances it has, and which channels it turns on.
 */
void print_check_result(const struct config *config);
/* A configuration from the command line and the file, checked. NULL after reporting what is
 * wrong. */
struct config *load_config(const struct options *options);

#endif
