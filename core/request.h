/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: query -> request head, signed. */
#ifndef OSFT_REQUEST_H
#define OSFT_REQUEST_H

#include "osft.h"

#define OSFT_DATE_SIZE 20 /* 2024-02-29T23:59:59Z, without a NUL */

struct osft_request {
    const struct osft_settings *set;
    const struct osft_query *query;
    struct osft_span nonce; /* text; any that can stand in a header */
    struct osft_span date;  /* see osft_date() */
    struct osft_span host;

    char *mem;        /* where the request goes */
    size_t size;      /* of it */
    size_t len;       /* bytes needed, also when they do not fit */
    size_t signature; /* where it stands in mem */
    int error;        /* OSFT_E_HASH or OSFT_E_ARG; sticks */
    uint8_t bad;      /* with OSFT_E_ARG: an osft_arg */
    uint8_t to;       /* what the text being written is part of */
    char separator;   /* before the next query parameter */
};

/* What cannot be sent; see osft_arg_name(). */
enum osft_arg {
    OSFT_ARG_APP_GROUP,
    OSFT_ARG_FUNCTION,
    OSFT_ARG_INSTANCE,
    OSFT_ARG_GENERATION,
    OSFT_ARG_STATUS,
    OSFT_ARG_ID,
    OSFT_ARG_SECRET,
    OSFT_ARG_TOKEN,
    OSFT_ARG_NONCE,
    OSFT_ARG_DATE,
    OSFT_ARG_HOST,
    OSFT_ARGS
};

/* UTC seconds as x-acs-date has them. Returns OSFT_E_CLOCK outside the years 1970 to 2099. */
int osft_date(int64_t utc_s, char date[OSFT_DATE_SIZE]);

/* The request as sent, signed; r->set, query, nonce, date, mem and size are the caller's to set, all
 * else is set here. Returns 0, OSFT_E_SPACE, OSFT_E_ARG or OSFT_E_HASH. Leaves nothing secret but the
 * STS token in mem. The hash hears the canonical request, and the HMAC the string to sign. */
int osft_request_build(struct osft_request *r);

/* The bytes in the first half of hex, written over the whole of it. */
void osft_to_hex(char *hex, size_t bytes);

/* Overwrite n bytes in a way that no compiler removes. */
void osft_wipe(void *mem, size_t n);

#endif
