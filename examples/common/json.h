/* SPDX-License-Identifier: Apache-2.0 */
/* Putting the members of a JSON object one after the other. The caller puts the braces. */
#ifndef JSON_H
#define JSON_H

#include "osft.h"
#include "output.h"

/* An object that is being written. */
struct json_object {
    struct output *out;
    const char *before_member; /* a new line and its indent, or nothing */
    const char *colon;         /* put behind the name of a member */
    int has_members;
    int has_object; /* 1: extendInfo is put as an object if it is one; 0: always as a text */
};

void put_json_name(struct json_object *object, const char *name);
/* Put a member, unless the text is absent or the value is OSFT_UNKNOWN. */
void put_json_text(struct json_object *object, const char *name, const struct osft_span *text);
void put_json_number(struct json_object *object, const char *name, int64_t value);
/* Put the members of a run: functionName, progress, status, startTime, endTime, extendInfo, runId
 * and generation, each where it is known. */
void put_json_task(struct json_object *object, const struct osft_task *task);

#endif
