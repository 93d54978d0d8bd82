/* SPDX-License-Identifier: Apache-2.0 */
/* Checks values by their rules. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config.h"

/* Read a value by its rule, and set *number to what config_integer() returns for it. Returns 0, or
 * -1 when the value breaks the rule. */
int read_value(const struct config_key *rule, const char *text, int64_t *number);

#endif
