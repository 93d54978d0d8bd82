/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "config.h"

#define ARGUMENTS_MAX 400 /* the most arguments of --set */

struct options {
    const char *config_path; /* NULL: no --config was given */
    const char *settings[ARGUMENTS_MAX];
    int setting_count;
    int check_only, show_version, show_help;
};

/* Read the arguments. Returns 0, or -1 after reporting what is wrong. */
int read_options(struct options *options, int argc, char **argv);
void print_help(void);
void print_version(void);
/* Print that the configuration is right, how many instances it has, and which channels it turns
 * on. */
void print_check_result(const struct config *config);
/* Load the configuration from the command line and the file, and check it. Returns NULL after
 * reporting what is wrong. */
struct config *load_config(const struct options *options);

#endif
