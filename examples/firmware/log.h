/* SPDX-License-Identifier: Apache-2.0 */
/* The log, on the board's UART, without printf: which alone takes more flash than the client. */
#ifndef LOG_H
#define LOG_H

#include "osft.h"

/* Parts of a line. Of bytes, those that are not printable ASCII become '?'. */
void log_text(const char *text);
void log_bytes(const char *bytes, size_t len);
void log_number(int32_t number);
void log_hex(uint32_t number);
void log_task(const struct osft_task *task);
void log_end(void); /* ends the line */

/* Whole lines: a text; a text and a number. */
void log_say(const char *text);
void log_line(const char *text, int32_t number);

#endif
