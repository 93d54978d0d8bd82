/* SPDX-License-Identifier: Apache-2.0 */
/* Internal: reads the response's HTTP/1.1. Header lines are read one at a time and dropped, chunk
 * framing is removed, and the bytes of the body are given to osft_read_response().
 *
 * The reader is strict where two readers could disagree about the end of the body. It refuses a
 * bare LF, white space before a colon, a length together with chunks, lengths that differ, signs
 * and overflow in numbers, and codings other than chunked. The reader accepts what RFC 9112 obliges
 * a client to accept: folded header lines (5.2), and white space around chunk extensions (7.1.1),
 * which includes white space behind a chunk's size.
 */
#ifndef OSFT_HTTP_H
#define OSFT_HTTP_H

#include "osft.h"

/* The part of the response that the next bytes belong to. Parts up to the trailer are read as
 * lines. */
enum osft_http_state {
    OSFT_HTTP_STATUS_LINE,
    OSFT_HTTP_HEADER,
    OSFT_HTTP_CHUNK_SIZE,
    OSFT_HTTP_CHUNK_END, /* the empty line behind a chunk */
    OSFT_HTTP_TRAILER,
    OSFT_HTTP_CHUNK,
    OSFT_HTTP_BODY,        /* a body of known length */
    OSFT_HTTP_UNTIL_CLOSE, /* a body that ends with the connection */
    OSFT_HTTP_COMPLETE     /* the response is complete, and no byte may follow */
};

/* Begin to read a response. Call osft_begin_response() first. */
void osft_begin_http(struct osft_client *client);

/* Read the next bytes received, which lie in the work buffer behind client->response.used.
 * returns: OSFT_OK, and client->http.state tells whether the response is complete; or OSFT_E_HTTP,
 *          OSFT_E_REDIRECT, or the result of osft_read_response() */
int osft_read_http(struct osft_client *client, const char *bytes, size_t len);

#endif
