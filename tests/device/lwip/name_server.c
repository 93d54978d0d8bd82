/* SPDX-License-Identifier: Apache-2.0 */
#include "name_server.h"

#include <string.h>

enum { HEADER = 12, TYPE_A = 1, CLASS_IN = 1, LIFETIME_S = 60, NO_SUCH_NAME = 3 };

/* Return the offset of the end of the one question; 0: it is incomplete. */
static size_t find_question_end(const uint8_t *message, size_t len)
{
    size_t at = HEADER;

    while (at < len && message[at] != 0) {
        at += 1u + message[at];
    }
    return at + 5 <= len ? at + 5 : 0;
}

static int asks_for(const uint8_t *message, const char *labels)
{
    return memcmp(message + HEADER, labels, strlen(labels)) == 0;
}

size_t answer_query(uint8_t *message, size_t len, size_t room, const uint8_t service[4],
                    const uint8_t other[4])
{
    static const uint8_t record[12] = { 0xc0, HEADER, 0, TYPE_A,     0, CLASS_IN,
                                        0,    0,      0, LIFETIME_S, 0, 4 };
    size_t end = len > HEADER ? find_question_end(message, len) : 0;
    const uint8_t *address = NULL;

    if (end == 0 || end + sizeof record + 4 > room || asks_for(message, "\6silent\4test")) {
        return 0;
    }
    if (asks_for(message, "\7service\4test")) {
        address = service;
    } else if (asks_for(message, "\5other\4test")) {
        address = other;
    }
    if (message[end - 3] != TYPE_A) {
        address = NULL;
    }
    message[2] = 0x81;
    message[3] = (uint8_t)(0x80 | (address == NULL ? NO_SUCH_NAME : 0));
    message[6] = 0;
    message[7] = address != NULL; /* number of records in the response */
    memset(message + 8, 0, 4);
    if (address == NULL) {
        return end;
    }
    memcpy(message + end, record, sizeof record);
    memcpy(message + end + sizeof record, address, 4);
    return end + sizeof record + 4;
}
