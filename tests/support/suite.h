/* SPDX-License-Identifier: Apache-2.0 */
/* The public JSON test suite, which is used where its files lie beside the project. */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <stddef.h>

/* Call check with each file of the suite. A text whose name begins with y must be accepted, one
 * with n refused; the others may be either. check may write to text, whose buffer the next file
 * overwrites. Skips the test when there is no suite, and fails it when the suite has too few files.
 */
#define SUITE_TEXT_MAX 300000
void suite_each(void (*check)(const char *name, char *text, size_t len));

#endif
