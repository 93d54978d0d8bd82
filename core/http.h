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

/* Lines are collected behind c->used; Date and Retry-After stay there for the page. Not to be called
 * when osft_http_done(). */
int osft_http_byte(struct osft_client *c, uint8_t b);
/* 1 when the answer is whole and no byte is to follow. */
int osft_http_done(const struct osft_client *c);
/* 1 when the end of the connection makes the answer whole. */
int osft_http_ends_with_connection(const struct osft_client *c);

#endif
