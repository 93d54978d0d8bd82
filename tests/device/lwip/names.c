/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <string.h>

/* Where the one question ends; 0: it does not. */
static size_t question_end(const uint8_t *m, size_t len)
{
    size_t at = 12;

    while (at < len && m[at] != 0) {
        at += 1u + m[at];
    }
    return at + 5 <= len ? at + 5 : 0;
}

size_t names_answer(uint8_t *m, size_t len, size_t size, const uint8_t service[4],
                    const uint8_t other[4])
{
    static const uint8_t record[12] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
    size_t end = len > 12 ? question_end(m, len) : 0;
    const uint8_t *addr = NULL;

    if (end == 0 || end + sizeof record + 4 > size || memcmp(m + 12, "\6silent", 7) == 0) {
        return 0;
    }
    if (memcmp(m + 12, "\7service\4test", 13) == 0) {
        addr = service;
    } else if (memcmp(m + 12, "\5other\4test", 11) == 0) {
        addr = other;
    }
    if (m[end - 3] != 1) { /* not an A record */
        addr = NULL;
    }
    m[2] = 0x81;
    m[3] = addr == NULL ? 0x83 : 0x80; /* no such name, or no error */
    m[6] = 0;
    m[7] = addr != NULL;
    memset(m + 8, 0, 4);
    if (addr == NULL) {
        return end;
    }
    memcpy(m + end, record, sizeof record);
    memcpy(m + end + sizeof record, addr, 4);
    return end + sizeof record + 4;
}
