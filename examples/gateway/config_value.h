/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of values. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config.h"

/* Reads a value by its rule. *number: what config_integer() returns. Returns 0, or -1. */
int read_value(const struct config_key *rule, const char *text, int64_t *number);

#endif
