/* SPDX-License-Identifier: Apache-2.0 */
/* How a configuration comes to be: settings are added, then it is checked as a whole. Each function
 * that returns an int returns 0, or -1 after reporting what is wrong. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config.h"

/* Where something was written. line 0: in an argument of --set. */
struct origin {
    const char *file; /* must outlive the configuration; NULL: --set */
    int line;
    int is_private; /* nobody else can read it */
};

/* Returns NULL when there is no memory. */
struct config *make_config(void);
void free_config(struct config *config);

/* A section begins. One that --set has begun may be in the file, too. */
int begin_section(struct config *config, const struct origin *origin, const char *name);
/* In the section that was begun last. What --set has set already stays. */
int add_setting(struct config *config, const struct origin *origin, const char *key,
                const char *value);
/* SECTION.KEY=VALUE. */
int add_argument(struct config *config, const char *text);
/* A file, by inih. config_file.c; only where that was built in */
int read_config_file(struct config *config, const char *path);
/* Required keys, and what only several keys together can tell. */
int check_config(const struct config *config);

/* Report what is wrong there: "FILE:LINE: WHAT". Returns -1. */
int report_origin(const struct origin *origin, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* 1: both have the same values in that section. */
int is_same_section(const struct config *a, const struct config *b, const char *section);

/* The keys of a section; NULL: there is no such section. config_keys.c */
const struct config_key *find_section_keys(const char *section);
/* What an instance's keys say together. config_keys.c */
int check_instance(const struct config *config, const char *section);
/* What is wrong with an instance's name; NULL: nothing. config_keys.c */
const char *find_name_fault(const char *name);

#define INSTANCE_PREFIX "instance "
#define DEFAULTS        "defaults"
int is_instance_section(const char *section);

#endif
