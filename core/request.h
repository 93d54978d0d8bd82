/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: builds and signs the request for a query. */
#ifndef OSFT_REQUEST_H
#define OSFT_REQUEST_H

#include "calendar.h"
#include "osft.h"
#include "sign.h"

#define OSFT_NONCE_LENGTH 32 /* hex digits */

/* The values that can be refused; osft_argument_name() names them. 0: none. */
enum osft_argument {
    OSFT_ARG_APP_GROUP = 1,
    OSFT_ARG_FUNCTION,
    OSFT_ARG_INSTANCE,
    OSFT_ARG_GENERATION,
    OSFT_ARG_STATUS, /* never refused */
    OSFT_ARG_ID,
    OSFT_ARG_TOKEN,
    OSFT_ARG_HOST,
    OSFT_ARG_END_TIME,
    OSFT_ARG_START_TIME,
    OSFT_ARGS
};

struct osft_request {
    /* Set by the caller. */
    const struct osft_settings *settings;
    const struct osft_query *query;
    const char *date;  /* OSFT_DATE_LENGTH bytes, as osft_format_date() writes them */
    const char *nonce; /* OSFT_NONCE_LENGTH hex digits */
    char *buffer;      /* the request is written here */
    size_t size;       /* of the buffer */

    /* Set by osft_build_request(). */
    size_t len;       /* bytes of the request, also when it does not fit */
    uint8_t argument; /* with OSFT_E_ARG: the last osft_argument that cannot be sent */

    /* private */
    uint8_t has_parameters; /* the query string has begun */
    int hash_result;        /* not 0: the hash failed */
    struct osft_span host;
    size_t sent_host_length; /* without the zone of an IPv6 address */
    struct osft_span text;   /* the value being written, when it is not a span already */
    char digits[20];         /* of a number; enough for 64 bits */
};

/* Write the request and sign it. Leaves nothing secret in the buffer but the STS token.
 * returns: OSFT_OK, OSFT_E_ARG, OSFT_E_SPACE or OSFT_E_HASH */
int osft_build_request(struct osft_request *r);

#endif
