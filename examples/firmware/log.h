/* SPDX-License-Identifier: Apache-2.0 */
/* The log, on the UART of the board. printf() is not used, as it alone takes more flash than the
 * client. */
#ifndef LOG_H
#define LOG_H

#include "osft_watch.h"

/* These functions log a part of a line. log_bytes() replaces bytes that are not printable ASCII by
 * '?'. */
void log_text(const char *text);
void log_bytes(const char *bytes, size_t len);
void log_number(int32_t number);
void log_hex(uint32_t number);
void log_task(const struct osft_task *task);
void log_end(void); /* ends the line */

/* Log a whole line: a text, or a text and a number. */
void log_say(const char *text);
void log_line(const char *text, int32_t number);
/* Log an event of a watch. task may be NULL. */
void log_event(enum osft_watch_event event, const struct osft_task *task);
/* Log how a call has ended. verify_flags: of TLS, for a call that failed. */
void log_result(int result, const struct osft_reply *reply, uint32_t verify_flags);

#endif
