/* SPDX-License-Identifier: Apache-2.0 */
/* Formats and reads dates. All years lie between 1970 and 2099, so that every fourth one is a leap
 * year. */
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

/* Write a number of two digits and a character behind it. Returns the end of the text. */
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

/* The forms of RFC 9110, 5.6.7, from the end of the weekday on. A lower-case letter is a digit of
 * the part that the letter names, _ is a digit of the day or a space, * is a byte of the month's
 * name, and every other character stands for itself. */
static const char forms[] = ", dd *** 20yy hh:mm:ss GMT\0" /* Sun, 06 Nov 2022 08:49:37 GMT */
                            ", dd-***-yy hh:mm:ss GMT\0"   /* Sunday, 06-Nov-22 08:49:37 GMT */
                            " *** _d hh:mm:ss 20yy\0";     /* Sun Nov  6 08:49:37 2022 */

/* The parts of a date: its numbers, indexed by the letters of `forms`, and the end of its month's
 * name. */
struct parts {
    uint8_t number['z' - 'a' + 1];
    const char *month_end;
};
#define PART(parts, letter) ((parts)->number[(letter) - 'a'])

static int is_letter(char b)
{
    return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
}

/* Read a date of one form. Returns 1 when the whole text has this form. */
static int read_form(struct parts *parts, const char *text, const char *end, const char *form)
{
    memset(parts, 0, sizeof(*parts));
    for (; text < end; text++, form++) {
        char letter = *form == '_' && *text != ' ' ? 'd' : *form;
        if (letter >= 'a') {
            unsigned digit = (unsigned)*text - '0';
            if (digit > 9) {
                return 0;
            }
            PART(parts, letter) = (uint8_t)(10 * PART(parts, letter) + digit);
        } else if (letter == '*') {
            parts->month_end = text + 1;
        } else if (letter != '_' && (letter != *text || letter == 0)) {
            return 0;
        }
    }
    return *form == 0;
}

/* Read a month's name. Returns 0 to 11, or 12 when the text is no month's name. */
static unsigned read_month(const char *text)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned month = 0;

    while (month < 12 && memcmp(text, names + 3 * month, 3) != 0) {
        month++;
    }
    return month;
}

static int64_t get_seconds(const struct parts *parts)
{
    unsigned year = PART(parts, 'y'), month = read_month(parts->month_end - 3);
    unsigned day = PART(parts, 'd'), hour = PART(parts, 'h');
    unsigned minute = PART(parts, 'm'), second = PART(parts, 's'); /* 60: a leap second */
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
    const char *end = text + len, *form;
    struct parts parts;

    while (text < end && is_letter(*text)) { /* the weekday */
        text++;
    }
    for (form = forms; *form != 0; form += strlen(form) + 1) {
        if (read_form(&parts, text, end, form)) {
            return get_seconds(&parts);
        }
    }
    return -1;
}
