/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: the answer's HTTP/1.1, byte by byte: head lines are looked at one at a time and given
 * up, chunk framing is removed, what comes out are the bytes of the body.
 *
 * Strict where two readers could disagree on where a body ends: bare LF, folded lines, white space
 * before a colon, both or differing lengths, signs, spaces and overflow in numbers, codings other
 * than chunked, and anything after HTTP/1.x are refused with OSFT_E_HTTP.
 */
#ifndef OSFT_HTTP_H
#define OSFT_HTTP_H

#include "osft.h"

enum osft_http_flag {
    OSFT_HTTP_HAS_LENGTH = 1,
    OSFT_HTTP_CHUNKED = 2,
    OSFT_HTTP_CLOSE = 4, /* the server will close the connection */
    OSFT_HTTP_1_0 = 8
};

/* What osft_http_byte() returns, beside an osft_err. */
enum osft_http_event {
    OSFT_HTTP_MORE, /* the byte was of the head or the framing */
    OSFT_HTTP_BODY, /* the byte belongs to the body */
    OSFT_HTTP_DONE  /* the answer ended before this byte */
};

void osft_http_init(struct osft_http *h);
/* Lines are collected behind work->used; Date and Retry-After are kept there for the page. */
int osft_http_byte(struct osft_http *h, struct osft_work *work, struct osft_page *page, uint8_t b);
/* 1 when the answer is whole and no byte is to follow. */
int osft_http_done(const struct osft_http *h);
/* 1 when the end of the connection makes the answer whole. */
int osft_http_ends_with_connection(const struct osft_http *h);

#endif
