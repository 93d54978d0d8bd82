/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the answer's HTTP/1.1, byte by byte: head lines are looked at one at a time and given
 * up, chunk framing is removed, what comes out are the bytes of the body.
 *
 * Strict where two readers could disagree on where a body ends: bare LF, folded lines, white space
 * before a colon, both or differing lengths, signs, spaces and overflow in numbers, and codings
 * other than chunked are refused. Connection is not looked at, as every answer ends the connection.
 */
#ifndef OSFT_HTTP_H
#define OSFT_HTTP_H

#include "osft.h"

/* What osft_http_byte() returns, beside OSFT_E_HTTP and OSFT_E_REDIRECT. */
enum osft_http_event {
    OSFT_HTTP_MORE, /* the byte was of the head or the framing */
    OSFT_HTTP_BODY  /* the byte belongs to the body */
};

/* States of c->http that others care about. */
enum {
    OSFT_HTTP_TO_END = 126, /* the end of the connection makes the answer whole */
    OSFT_HTTP_OVER = 127    /* the answer is whole: no byte is to follow */
};

/* Lines are collected behind c->used; Date and Retry-After stay there for the page. */
int osft_http_byte(struct osft_client *c, uint8_t b);

#endif
