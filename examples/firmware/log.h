/* SPDX-License-Identifier: Apache-2.0 */
/* The log, on the board's UART, without printf: that alone would cost more than this client. */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <stdint.h>

void log_text(const char *text);
void log_bytes(const char *text, size_t len); /* what is not printable ASCII becomes '?' */
void log_number(int32_t n);
void log_hex(uint32_t n);
void log_end(void);
void log_say(const char *text); /* a line */
/* `what` and a number, a line. */
void log_line(const char *what, int32_t n);

#endif
