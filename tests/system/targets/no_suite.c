/* SPDX-License-Identifier: Apache-2.0 */
/* Replaces tests/support/suite.c on a board, where a program cannot list the files of a folder. */
#include "suite.h"

#include "fake.h"

void suite_each(void (*check)(const char *name, char *text, size_t len))
{
    (void)check;
    skip();
}
