/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"
#include "text.h"

int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    enum { CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };
    static const char after[FIELDS + 1] = "0--T::Z"; /* the year's digits stand together */
    uint8_t field[FIELDS];
    uint64_t left = (uint64_t)utc_s;
    unsigned century = 19, year = 70, month = 1, days, in, leap, i;

    field[SECOND] = (uint8_t)osft_divide(&left, 60);
    field[MINUTE] = (uint8_t)osft_divide(&left, 60);
    field[HOUR] = (uint8_t)osft_divide(&left, 24);
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
        unsigned v = field[i];
        for (*date = '0'; v >= 10; v -= 10) {
            (*date)++;
        }
        date[1] = (char)('0' + v);
        date[2] = after[i];
        date += i == CENTURY ? 2 : 3;
    }
    return OSFT_OK;
}
