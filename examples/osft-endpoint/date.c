/* SPDX-License-Identifier: Apache-2.0 */
#include "date.h"

#include <time.h>

#include "../common/utc.h"

int ep_date_parse(struct osft_span text, int64_t *utc_s)
{
    return parse_utc(text.ptr, text.len, utc_s);
}

void ep_date_iso(int64_t utc_s, struct ep_text *out)
{
    char text[UTC_SIZE];

    if (format_utc(utc_s, text) == 0)
        ep_puts(out, text);
}

void ep_date_http(int64_t utc_s, struct ep_text *out)
{
    time_t t = (time_t)utc_s;
    char text[64];
    struct tm tm;

    if (gmtime_r(&t, &tm))
        ep_put(out, text, strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm));
}
