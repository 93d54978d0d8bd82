/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: members of an answer, by name; and from JSON text to fields, through jsmn. */
#ifndef OSFT_TASKS_H
#define OSFT_TASKS_H

#include "osft.h"

/* First what an error has, then what only the envelope has, then what a task has. */
enum osft_member {
    OSFT_M_CODE,
    OSFT_M_MESSAGE,
    OSFT_ERROR_MEMBERS,

    OSFT_M_ENVELOPE_STATUS = OSFT_ERROR_MEMBERS,
    OSFT_M_REQUEST_ID,
    OSFT_M_HTTP_CODE,
    OSFT_M_TOTAL,
    OSFT_M_LATENCY,
    OSFT_M_RESULT, /* these two are no scalars */
    OSFT_M_ERRORS,
    OSFT_ENVELOPE_MEMBERS,

    OSFT_M_FUNCTION = OSFT_ENVELOPE_MEMBERS,
    OSFT_M_STATUS,
    OSFT_M_RUN_ID,
    OSFT_M_EXTEND_INFO,
    OSFT_M_GENERATION,
    OSFT_M_START,
    OSFT_M_END,
    OSFT_M_PROGRESS,
    OSFT_MEMBERS
};

/* Set the field of c->part in the page, or in the task being read, from its value: JSON text of a
 * scalar between c->item and c->used. A text is unescaped in place and stays; all else is given up. */
void osft_field(struct osft_client *c);

#endif
