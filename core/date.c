/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"
#include "text.h"

static char *two_digits(char *p, unsigned v, char after)
{
    for (*p = '0'; v >= 10; v -= 10) {
        (*p)++;
    }
    p[1] = (char)('0' + v);
    p[2] = after;
    return p + 3;
}

int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE])
{
    uint64_t left = (uint64_t)utc_s;
    unsigned century = 19, year = 70, month = 1, days, in, leap;
    unsigned second = osft_divide(&left, 60);
    unsigned minute = osft_divide(&left, 60);
    unsigned hour = osft_divide(&left, 24);

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
    date = two_digits(date, century, 0) - 1;
    date = two_digits(date, year, '-');
    date = two_digits(date, month, '-');
    date = two_digits(date, days + 1, 'T');
    date = two_digits(date, hour, ':');
    date = two_digits(date, minute, ':');
    two_digits(date, second, 'Z');
    return OSFT_OK;
}
