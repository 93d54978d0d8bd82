/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: dates in headers. */
#ifndef OSFT_WHEN_H
#define OSFT_WHEN_H

#include "osft.h"

/* UTC seconds of a Date or Retry-After header; -1 when it is no date of the years 2020 to 2099. */
int64_t osft_http_date(const struct osft_span *text);

#endif
