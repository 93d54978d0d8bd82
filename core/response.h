/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: from the bytes of a body to tasks and what the envelope says.
 *
 * Follows the grammar check through the body. The text of known members is kept in the work buffer,
 * and everything else is dropped as it arrives: white space, unknown members, the brackets of the
 * envelope. So the buffer holds the texts that were delivered, and behind them the known members of
 * the one task that is being read, as JSON text, which tasks.c turns into a struct osft_task when
 * it is whole.
 *
 *     | texts delivered | members of the task, with commas | member being read | received, not yet
 * read 0            task_start                        member_start            used
 *
 * In the envelope, a member becomes a text as soon as it is whole, and task_start and member_start
 * move on together. Received bytes lie at `used` or behind it. At least as many bytes have been
 * read as are stored, so storing never overwrites bytes that are still to be read.
 */
#ifndef OSFT_RESPONSE_H
#define OSFT_RESPONSE_H

#include "osft.h"

/* What an internal on_task returns so that the task's texts stay in the work buffer. */
#define OSFT_KEEP_TEXTS 0x4f534654
/* What an internal on_task returns for a task that the caller is not to see: its texts are dropped,
 * and if it was left out, that is not reported. */
#define OSFT_DROP_TASK  0x4f534644

/* Bytes of the work buffer that stay free behind the stored values: room for the longest known name
 * with its comma and colon (76), behind it for a line that frames a chunk (19), and one byte to
 * receive into. */
#define OSFT_SPARE_BYTES 96
#define OSFT_CHUNK_LINE  19 /* 16 digits, and what tells that there are no more */

/* Begin a response whose first members are set: empties the page and those members of *reply that
 * it sets. */
void osft_begin_response(struct osft_response *response);

/* Read the next bytes of the body. They may lie in the work buffer, at response->used or behind it.
 * returns: OSFT_OK; or OSFT_E_JSON, OSFT_E_DEPTH, OSFT_E_HTML or OSFT_E_STOPPED, and nothing more
 *          is to be read. All else that is wrong is told by osft_end_response() */
int osft_read_response(struct osft_response *response, const char *bytes, size_t len);

/* The body is over. returns: the result of the response */
int osft_end_response(struct osft_response *response);

#endif
