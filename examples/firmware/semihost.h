/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's semihosting: what an emulator, or a debugger, does for the firmware. Test-only: without
 * either the first of these stops the processor, so a product that still calls one does not run at
 * all.
 */
#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stddef.h>
#include <stdint.h>

__attribute__((noreturn)) void semihost_exit(int status);
/* The emulator's arguments for the program, one text. Returns 0, or -1. */
int semihost_args(char *text, size_t room);
/* len bytes from the start of a file of the host's. Returns 0, or -1. */
int semihost_read(const char *path, void *buffer, size_t len);

#endif
