/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    enum { CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };
    static const char after[] = "\0--T::Z"; /* the year's digits stand together */
    uint8_t field[FIELDS];
    uint32_t left = (uint32_t)utc_s, days, year, month, century = 19, i;

    if ((uint64_t)utc_s > 4102444799) { /* 2099-12-31T23:59:59Z; negative times are far past it */
        return OSFT_E_CLOCK;
    }
    field[SECOND] = (uint8_t)(left % 60);
    left /= 60;
    field[MINUTE] = (uint8_t)(left % 60);
    left /= 60;
    field[HOUR] = (uint8_t)(left % 24);
    /* Years from 1 March 1968, so that the leap day ends one: each fourth is a leap year until 2100. */
    days = 4 * (left / 24 + 671) + 3;
    year = 68 + days / 1461;
    days = days % 1461 / 4 * 5 + 2; /* fifths of days: five months have 153 days */
    month = days / 153 + 3;
    if (month > 12) {
        month -= 12;
        year++;
    }
    if (year >= 100) {
        year -= 100;
        century++;
    }
    field[CENTURY] = (uint8_t)century;
    field[YEAR] = (uint8_t)year;
    field[MONTH] = (uint8_t)month;
    field[DAY] = (uint8_t)(days % 153 / 5 + 1);
    for (i = 0; i < FIELDS; i++) {
        *date++ = (char)('0' + field[i] / 10);
        *date++ = (char)('0' + field[i] % 10);
        if (after[i] != 0) {
            *date++ = after[i];
        }
    }
    return OSFT_OK;
}
