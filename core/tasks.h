/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: members of an answer, by name; and from JSON text to fields, through jsmn. */
#ifndef OSFT_TASKS_H
#define OSFT_TASKS_H

#include "osft.h"

enum osft_member {
    OSFT_M_FUNCTION,
    OSFT_M_STATUS,
    OSFT_M_RUN_ID,
    OSFT_M_EXTEND_INFO,
    OSFT_M_GENERATION,
    OSFT_M_START,
    OSFT_M_END,
    OSFT_M_PROGRESS,
    OSFT_TASK_MEMBERS,

    OSFT_M_ENVELOPE_STATUS = OSFT_TASK_MEMBERS,
    OSFT_M_CODE,
    OSFT_M_MESSAGE,
    OSFT_M_REQUEST_ID,
    OSFT_M_HTTP_CODE,
    OSFT_M_TOTAL,
    OSFT_M_LATENCY,
    OSFT_M_RESULT,
    OSFT_M_ERRORS,
    OSFT_MEMBERS
};

/* The member of that name in [from, to), in either spelling; to when there is none. */
unsigned osft_member(const char *name, size_t len, unsigned from, unsigned to);
const char *osft_member_name(unsigned member);

/* Set fields from JSON text of len bytes at text: the inside of an object, where each name has been
 * replaced by the letter 'A' + osft_member and each value is a scalar. task NULL: the envelope's.
 * The strings are unescaped towards text, which ends up holding nothing else.
 * Returns the bytes they take, or OSFT_E_ANSWER with page->member set. */
int osft_fields(char *text, size_t len, struct osft_task *task, struct osft_page *page);

#endif
