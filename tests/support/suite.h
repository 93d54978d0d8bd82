/* SPDX-License-Identifier: Apache-2.0 */
/* The public suite of JSON texts, where it lies beside the project. */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <stddef.h>

/* Hand over each file of the suite: y... must be accepted, n... refused, the others may be either.
 * text: may be written to; it is overwritten by the next file. Skips the test when there is no
 * suite, and fails it when that has too few files. */
#define SUITE_TEXT_MAX 300000
void suite_each(void (*check)(const char *name, char *text, size_t len));

#endif
