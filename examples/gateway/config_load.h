/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that build a configuration: settings are added, and then the whole is checked. Each
 * function that returns an int, unless its comment says otherwise, returns 0, or -1 after reporting
 * what is wrong. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config.h"

/* Where a section or a setting was written. line 0: in an argument of --set. */
struct origin {
    const char *file; /* must outlive the configuration; NULL: --set */
    int line;
    int is_private; /* no other user can read the file */
};

/* Make an empty configuration. Returns NULL when there is no memory. */
struct config *make_config(void);
void free_config(struct config *config);

/* Begin a section. A section that --set has begun may be in the file as well. */
int begin_section(struct config *config, const struct origin *origin, const char *name);
/* Add a setting to the section that was begun last. When both --set and the file set a key, the
 * setting of --set is used. */
int add_setting(struct config *config, const struct origin *origin, const char *key,
                const char *value);
/* Add the setting of an argument of --set: SECTION.KEY=VALUE. */
int add_argument(struct config *config, const char *text);
/* Read a configuration file with inih. Defined in config_file.c, which is compiled only where inih
 * is installed. */
int read_config_file(struct config *config, const char *path);
/* Note that a line of the section that was begun last was refused. */
void note_bad_line(struct config *config);
/* Check that required keys are present, and check each instance as a whole. has_errors 1: errors
 * were reported before, and may be the reason why there is no instance. */
int check_config(const struct config *config, int has_errors);
/* Whether the keys of a section can be checked together: its required keys are present, and no line
 * or value of it was refused. The section must exist. */
int config_is_sound(const struct config *config, const char *section);

/* Report a fault with its place: "FILE:LINE: WHAT". Returns -1. */
int report_origin(const struct origin *origin, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether both configurations have the same values in that section, or both lack it. */
int is_same_section(const struct config *a, const struct config *b, const char *section);

/* Return the keys of a section; NULL: there is no such section. config_keys.c */
const struct config_key *find_section_keys(const char *section);
/* Check the keys of an instance together. config_keys.c */
int check_instance(const struct config *config, const char *section);
/* Return what is wrong with the name of an instance; NULL: nothing is wrong. config_keys.c */
const char *find_name_fault(const char *name);

#define INSTANCE_PREFIX "instance "
#define DEFAULTS        "defaults"
int is_instance_section(const char *section);

#endif
