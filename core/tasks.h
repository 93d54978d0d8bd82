/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: finds the members of a response by name, and reads their JSON text into fields, with
 * jsmn. */
#ifndef OSFT_TASKS_H
#define OSFT_TASKS_H

#include "osft.h"

/* The parts of a response. The values of the first three are the depths at which they are nested;
 * response.c relies on these values. */
enum osft_place {
    OSFT_IN_BODY,
    OSFT_IN_ENVELOPE,
    OSFT_IN_LIST, /* result or errors */
    OSFT_IN_TASK,
    OSFT_IN_ERROR
};

/* The known members: first those of an error, which the envelope also has, then all others of the
 * envelope, then those of a task. */
enum osft_member {
    OSFT_MEMBER_CODE,
    OSFT_MEMBER_MESSAGE,
    OSFT_MEMBER_ENVELOPE_STATUS,
    OSFT_MEMBER_REQUEST_ID,
    OSFT_MEMBER_HTTP_CODE,
    OSFT_MEMBER_TOTAL_COUNT,
    OSFT_MEMBER_LATENCY,
    OSFT_MEMBER_RESULT,
    OSFT_MEMBER_ERRORS,
    OSFT_MEMBER_FUNCTION_NAME,
    OSFT_MEMBER_STATUS,
    OSFT_MEMBER_RUN_ID,
    OSFT_MEMBER_EXTEND_INFO,
    OSFT_MEMBER_GENERATION,
    OSFT_MEMBER_START_TIME,
    OSFT_MEMBER_END_TIME,
    OSFT_MEMBER_PROGRESS,
    OSFT_MEMBERS
};
#define OSFT_TASK_MEMBERS (OSFT_MEMBERS - OSFT_MEMBER_FUNCTION_NAME)

/* The most bytes that a known name can take: 12 characters, each written as a \u escape, and the
 * quotes. */
#define OSFT_NAME_MAX (12 * 6 + 2)

/* Return the member of the envelope, a task or an error that has this name; OSFT_MEMBERS when no
 * member has. A name may begin with a small or a capital letter: totalCount and TotalCount. */
unsigned osft_find_member(unsigned place, const char *name, size_t len);
/* Return a member's name; static text. */
const char *osft_member_name(unsigned member);

/* Read JSON members into the fields of *task, or, when task is NULL, into the fields of the reply.
 * The members lie in the work buffer from start to response->used, without the braces of their
 * object. Each member must have a known name and a scalar value. Texts are unescaped in place and
 * moved to start; response->used is set to the end of the moved texts.
 * returns: OSFT_MEMBERS, or the first member whose value cannot be used */
unsigned osft_read_members(struct osft_response *response, size_t start, struct osft_task *task);

#endif
