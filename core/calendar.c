/* SPDX-License-Identifier: Apache-2.0 */
/* All years here lie between 1970 and 2099, so that every fourth is a leap year. */
#include <string.h>
#include "calendar.h"
#include "osft.h"

#define LAST_SECOND 4102444799 /* 2099-12-31T23:59:59Z */

static unsigned days_in_year(unsigned year)
{
    return year % 4 == 0 ? 366 : 365;
}

/* month: from 0 */
static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 1 && year % 4 == 0 ? 29 : days[month];
}

/* Returns where to write on. */
static char *write_two_digits(char *to, unsigned value, char behind)
{
    *to++ = (char)('0' + value / 10);
    *to++ = (char)('0' + value % 10);
    *to++ = behind;
    return to;
}

int osft_format_date(int64_t utc_s, char date[OSFT_DATE_LENGTH])
{
    uint32_t days, seconds, year = 1970, month = 0;

    if (utc_s < 0 || utc_s > LAST_SECOND) {
        return OSFT_E_CLOCK;
    }
    days = (uint32_t)utc_s / 86400;
    seconds = (uint32_t)utc_s % 86400;
    while (days >= days_in_year(year)) {
        days -= days_in_year(year);
        year++;
    }
    while (days >= days_in_month(year, month)) {
        days -= days_in_month(year, month);
        month++;
    }
    date = write_two_digits(date, year / 100, ' ') - 1; /* no space */
    date = write_two_digits(date, year % 100, '-');
    date = write_two_digits(date, month + 1, '-');
    date = write_two_digits(date, days + 1, 'T');
    date = write_two_digits(date, seconds / 3600, ':');
    date = write_two_digits(date, seconds / 60 % 60, ':');
    (void)write_two_digits(date, seconds % 60, 'Z');
    return OSFT_OK;
}

/* The three forms of RFC 9110, 5.6.7, from the end of the weekday on, and where their parts stand.
 * In a pattern, d is a digit, and * a byte of the month or day that is checked when it is read. */
static const struct form {
    const char *pattern;
    uint8_t day, month, year, time;
} forms[] = {
    { ", dd *** 20dd dd:dd:dd GMT", 2, 5, 11, 14 }, /* Sun, 06 Nov 2022 08:49:37 GMT */
    { ", dd-***-dd dd:dd:dd GMT", 2, 5, 9, 12 },    /* Sunday, 06-Nov-22 08:49:37 GMT */
    { " *** *d dd:dd:dd 20dd", 5, 1, 19, 8 },       /* Sun Nov  6 08:49:37 2022 */
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static int is_letter(char b)
{
    return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
}

static int is_like(char b, char pattern)
{
    switch (pattern) {
    case 'd': return b >= '0' && b <= '9';
    case '*': return 1;
    default: return b == pattern;
    }
}

static int has_form(const char *text, size_t len, const char *pattern)
{
    size_t i;

    if (len != strlen(pattern)) {
        return 0;
    }
    for (i = 0; i < len; i++) {
        if (!is_like(text[i], pattern[i])) {
            return 0;
        }
    }
    return 1;
}

/* Returns 0 to 11, or 12 when the text is no month's name. */
static unsigned read_month(const char *text)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned month = 0;

    while (month < 12 && memcmp(text, names + 3 * month, 3) != 0) {
        month++;
    }
    return month;
}

/* The first may be a space. */
static unsigned read_two_digits(const char *text)
{
    unsigned tens = text[0] == ' ' ? 0 : (unsigned)(text[0] - '0');
    return 10 * tens + (unsigned)(text[1] - '0');
}

static int64_t read_date(const char *text, const struct form *form)
{
    unsigned year = read_two_digits(text + form->year);
    unsigned month = read_month(text + form->month);
    unsigned day = read_two_digits(text + form->day);
    unsigned hour = read_two_digits(text + form->time);
    unsigned minute = read_two_digits(text + form->time + 3);
    unsigned second = read_two_digits(text + form->time + 6); /* 60: a leap second */
    uint32_t days;

    if (year < 20 || month > 11 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59 || second > 60) {
        return -1;
    }
    days = 365 * (year + 30) + (year + 31) / 4 + day - 1; /* the first leap year was 1972 */
    while (month-- > 0) {
        days += days_in_month(year, month);
    }
    return (int64_t)days * 86400 + (int32_t)(3600 * hour + 60 * minute + second);
}

int64_t osft_parse_http_date(const char *text, size_t len)
{
    unsigned i;

    while (len > 0 && is_letter(*text)) { /* the weekday */
        text++;
        len--;
    }
    for (i = 0; i < FORMS; i++) {
        if (has_form(text, len, forms[i].pattern)) {
            return read_date(text, &forms[i]);
        }
    }
    return -1;
}
