/* SPDX-License-Identifier: Apache-2.0 */
/* Semihosting, on Arm and RISC-V: services of an emulator or debugger for the firmware. Test-only:
 * without an emulator or debugger the first call stops the processor, so a product in which a call
 * is left does not run. */
#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stddef.h>
#include <stdint.h>

__attribute__((noreturn)) void semihost_exit(int status);
/* Get the arguments of the emulator for the program, as one text. Returns 0, or -1. */
int semihost_args(char *text, size_t room);
/* Read len bytes from the start of a file of the host. Returns 0, or -1. */
int semihost_read(const char *path, void *buffer, size_t len);

#endif
