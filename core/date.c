/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"
#include "text.h"

int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    enum { CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };
    static const char after[] = "\0--T::Z"; /* the year's digits stand together */
    uint8_t field[FIELDS];
    uint64_t left = (uint64_t)utc_s;
    unsigned century = 19, year = 70, month = 1, days, in, leap, i;

    for (i = SECOND; i >= HOUR; i--) {
        field[i] = (uint8_t)osft_divide(&left, i == HOUR ? 24 : 60);
    }
    if (left > 2932896) { /* days until the end of 9999; negative times are far past it */
        return OSFT_E_CLOCK;
    }
    for (days = (unsigned)left;; days -= in) {
        /* A century is a leap year when it is divisible by 400. */
        leap = ((year != 0 ? year : century) & 3) == 0;
        in = 365 + leap;
        if (days < in) {
            break;
        }
        if (++year == 100) {
            year = 0;
            century++;
        }
    }
    for (;; days -= in) {
        /* 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 */
        in = month == 2 ? 28 + leap : 30 + ((month + (month >> 3)) & 1);
        if (days < in) {
            break;
        }
        month++;
    }
    field[CENTURY] = (uint8_t)century;
    field[YEAR] = (uint8_t)year;
    field[MONTH] = (uint8_t)month;
    field[DAY] = (uint8_t)(days + 1);
    for (i = 0; i < FIELDS; i++) {
        char tens = '0';
        for (; field[i] >= 10; field[i] = (uint8_t)(field[i] - 10)) {
            tens++;
        }
        *date++ = tens;
        *date++ = (char)('0' + field[i]);
        if (after[i] != 0) {
            *date++ = after[i];
        }
    }
    return OSFT_OK;
}
