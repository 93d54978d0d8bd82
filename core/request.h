/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: query -> request head, signed. */
#ifndef OSFT_REQUEST_H
#define OSFT_REQUEST_H

#include "osft.h"

#define OSFT_DATE_SIZE 20 /* 2024-02-29T23:59:59Z, without a NUL */
#define OSFT_STRING_TO_SIGN_SIZE (sizeof("ACS3-HMAC-SHA256\n") - 1 + 64)

/* Where text goes: into a buffer while it fits, or into a hash. len counts on when it no longer
 * fits, so that one pass over a small buffer tells how big it must be. */
struct osft_text {
    char *mem;
    size_t size, len;
    const struct osft_sha256 *sha256; /* not NULL: text goes here instead of mem */
    int error;                        /* OSFT_E_HASH or OSFT_E_ARG; sticks */
    char bad;                         /* with OSFT_E_ARG: the template's code of the value */
};

struct osft_request {
    const struct osft_settings *set;
    const struct osft_query *query;
    struct osft_span nonce; /* text; any that can stand in a header */
    struct osft_span date;  /* see osft_date() */
};

/* UTC seconds as x-acs-date has them. Returns OSFT_E_CLOCK outside the years 1970 to 9999. */
int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE]);

/* The canonical request, and the request as sent; both refuse what cannot be sent.
 * osft_request_build() returns OSFT_E_SPACE with *need set when size is too small, or OSFT_E_ARG with
 * *bad naming the value, and leaves nothing secret but the STS token in mem. */
void osft_canonical(const struct osft_request *r, struct osft_text *t);
int osft_request_build(const struct osft_request *r, char *mem, size_t size, size_t *need,
                       const char **bad);

/* sign.c: the string to sign, from the canonical request streamed through r's hash; and its HMAC. */
int osft_string_to_sign(const struct osft_request *r, char text[OSFT_STRING_TO_SIGN_SIZE]);
int osft_sign(const struct osft_request *r, char hex[64]);

/* The bytes in the first half of hex, written over the whole of it. a: 'a' or 'A'. */
void osft_to_hex(char *hex, size_t bytes, char a);

/* Overwrite n bytes in a way that no compiler removes. */
void osft_wipe(void *mem, size_t n);

#endif
