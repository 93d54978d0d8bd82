/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: turns the bytes of a body into tasks and the members of the envelope.
 *
 * The reader follows the grammar check through the body. It keeps the text of known members in the
 * work buffer, and drops everything else as it arrives: white space, unknown members, the brackets
 * of the envelope. So the buffer holds the texts that were delivered, and behind them, as JSON
 * text, the known members of the one task that is being read. When the task is complete, tasks.c
 * turns its members into a struct osft_task.
 *
 *     | texts delivered | members of the task, with commas | member being read | bytes received
 *     0                 task_start                         member_start        used
 *
 * In the envelope, a member becomes a text as soon as it is complete, and task_start and
 * member_start move on together. Received bytes lie at `used` or behind it. At least as many bytes
 * have been read as are stored, so storing never overwrites bytes that are still to be read.
 */
#ifndef OSFT_RESPONSE_H
#define OSFT_RESPONSE_H

#include "osft.h"

/* The result of an internal on_task that keeps the task's texts in the work buffer. */
#define OSFT_KEEP_TEXTS 0x4f534654
/* The result of an internal on_task for a task that the caller must not see: the task's texts are
 * dropped, and its omission, if it was left out, is not reported. */
#define OSFT_DROP_TASK  0x4f534644

/* Bytes of the work buffer that stay free behind the stored values: room for the longest known name
 * with its comma and colon (76), behind it for a line that frames a chunk (19), and one byte to
 * receive into. */
#define OSFT_SPARE_BYTES 96
#define OSFT_CHUNK_LINE  19 /* 16 digits, and bytes that show that no digit follows */

/* Begin a response whose first members are set. Empties the page and those members of *reply that a
 * response sets. */
void osft_begin_response(struct osft_response *response);

/* Read the next bytes of the body. They may lie in the work buffer, at response->used or behind it.
 * returns: OSFT_OK; or OSFT_E_JSON, OSFT_E_DEPTH, OSFT_E_HTML or OSFT_E_STOPPED, and nothing more
 *          may be read. osft_end_response() returns all other errors */
int osft_read_response(struct osft_response *response, const char *bytes, size_t len);

/* End the body. returns: the result of the response */
int osft_end_response(struct osft_response *response);

#endif
