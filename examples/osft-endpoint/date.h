/* SPDX-License-Identifier: Apache-2.0 */
/* The two spellings of a date on the wire. */
#ifndef EP_DATE_H
#define EP_DATE_H

#include "text.h"

/* Exactly YYYY-MM-DDTHH:MM:SSZ, a day that exists. Returns 0 with seconds since 1970, or -1. */
int ep_date_parse(struct osft_span text, int64_t *utc_s);
/* The same spelling, and HTTP's: Sun, 06 Nov 1994 08:49:37 GMT. */
void ep_date_iso(int64_t utc_s, struct ep_text *out);
void ep_date_http(int64_t utc_s, struct ep_text *out);

#endif
