/* SPDX-License-Identifier: Apache-2.0 */
/* A port in memory, whose peer follows a script. Each line of the script is an exchange: four
 * options and a body.
 *
 *     status:  0  "200 OK"                  1  200 without a reason phrase
 *              2  HTTP/1.0                  3  503
 *              4  429                       5  400
 *              6  403                       7  500
 *              8  301                       9  204
 *              A  101                       B  100, and then 200
 *              C  599                       D  304
 *              E  the body is the whole response, and its | are line ends
 *              F  a status of four digits
 *     framing: 0  Content-Length            1  chunks
 *              2  the end of the connection
 *              3  a length that is 7 too large
 *              4  half the length, so that bytes follow that nobody asked for
 *              5  chunks with extensions, padded sizes and a trailer
 *              6  length and chunks         7  the length twice in one header
 *     headers, a sum of:
 *              1  Connection: close         2  Keep-Alive: timeout=1
 *              4  Retry-After: 2            8  Date
 *              16  x-acs-retry-after: 3000  32  one long and one folded header
 *     ending:  0  the connection stays open
 *              1  the connection ends       2  the connection fails
 *              3  the connection ends after half the response
 *              4  the connection ends after a few bytes
 *              5  the response comes before the request is complete
 *              6  no connection opens       7  the request cannot be sent
 *
 * The port also checks that the client keeps the rules of struct osft_port, and wipes its request
 * in time. Time passes only while the client waits.
 */
#ifndef PEER_H
#define PEER_H

#include "fuzz.h"

enum peer_framing {
    BY_LENGTH,
    BY_CHUNKS,
    BY_END,
    TOO_LONG,
    TOO_SHORT,
    BY_ODD_CHUNKS,
    BY_BOTH,
    TWICE
};
enum peer_ending {
    STAYS,
    ENDS,
    FAILS,
    CUT_IN_HALF,
    CUT_EARLY,
    COMES_EARLY,
    NO_CONNECTION,
    NO_REQUEST
};

struct peer_exchange {
    unsigned status, framing, headers, ending; /* as in the comment at the top */
    struct fuzz_input body;
    int http_status; /* the status that the client must report; 0: none */
    int is_honest;   /* 1: the response is complete, and correct in all that it says */
};

#define PEER_TOKEN "the-token-is-a-secret"

struct peer {
    struct fuzz_input script; /* the exchanges still to come; after them, nothing responds */
    uint32_t cuts;            /* seed for how many bytes each recv returns; 0: all that there are */
    int blocks;               /* 1: every other call of a function would block */

    struct peer_exchange now; /* the exchange in progress, or the last one */
    uint32_t begun;           /* number of exchanges so far */
    uint32_t now_ms, paused_ms;
    struct osft_port port;

    /* private */
    const char *work;
    size_t work_size;
    int is_open, is_dead, cannot_send, has_exchange, has_blocked, script_has_token;
    unsigned turns;
    char request[4096];
    size_t request_len; /* bytes of the request that were sent */
    size_t taken;       /* bytes of a request that the peer takes before send blocks */
    char *response;
    size_t len, given;
    uint8_t nonce[16];
    uint32_t drawn;
};

/* Initialise a peer. work: the client's work buffer, which the peer searches for secrets. End with
 * peer_free(). */
void peer_init(struct peer *peer, struct fuzz_input script, const char *work, size_t work_size);
void peer_free(struct peer *peer);

/* Whether the token of the request is in the work buffer. */
int peer_sees_token(const struct peer *peer);

#endif
