/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of a date in HTTP headers. */
#ifndef EP_DATE_H
#define EP_DATE_H

#include "text.h"

/* Parse exactly YYYY-MM-DDTHH:MM:SSZ, which must exist. Returns 0 with seconds since 1970, or
 * -1. */
int ep_date_parse(struct osft_span text, int64_t *utc_s);
/* Put a date in that form, or in the form of HTTP: Sun, 06 Nov 1994 08:49:37 GMT. */
void ep_date_iso(int64_t utc_s, struct ep_text *out);
void ep_date_http(int64_t utc_s, struct ep_text *out);

#endif
