/* SPDX-License-Identifier: Apache-2.0 */
/* A port made of memory, whose peer follows a script: a line an exchange, four options and a body.
 *
 *     status:  0 "200 OK"  1 200 without a reason  2 HTTP/1.0  3 503  4 429  5 400  6 403  7 500  8
 *              301 9 204  A 101  B 100, and then 200  C 599  D 304  E the body is the whole
 *              response, and its | are line ends  F a status of four digits
 *     framing: 0 Content-Length  1 chunks  2 the end of the connection  3 a length that is 7 too
 *              large 4 half the length, so that bytes follow that nobody asked for  5 chunks with
 *              extensions, padded sizes and a trailer  6 both  7 the length twice in one header
 *     headers: + 1 Connection: close  + 2 Keep-Alive: timeout=1  + 4 Retry-After: 2  + 8 Date
 *              + 16 x-acs-retry-after: 3000  + 32 one long and one folded header
 *     ending:  0 the connection stays open  1 it ends  2 it fails  3 it ends after half the
 *              response 4 after a few bytes  5 the response comes before the request is whole  6 no
 *              connection 7 the request cannot be sent
 *
 * It checks on the way that the client keeps to the port's rules, and that a request is wiped when
 * it should be. Time passes only while the client waits.
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
    unsigned status, framing, headers, ending; /* as above */
    struct fuzz_input body;
    int http_status; /* 0: none that can be used */
    int is_honest;   /* the response is whole, and means just what it says */
};

#define PEER_TOKEN "the-token-is-a-secret"

struct peer {
    struct fuzz_input
        script;    /* the exchanges that are still to come; behind them, nothing answers */
    uint32_t cuts; /* a seed of how many bytes each recv gives; 0: all there are */
    int blocks;    /* 1: every other call of a function would block */

    struct peer_exchange now; /* the exchange in progress, or the last one */
    uint32_t begun;           /* exchanges so far */
    uint32_t now_ms, paused_ms;
    struct osft_port port;

    /* private */
    const char *work;
    size_t work_size;
    int is_open, is_dead, cannot_send, has_exchange, has_blocked, script_has_token;
    unsigned turns;
    char request[4096];
    size_t request_len, taken; /* bytes of it that were sent; that the peer takes before it stops */
    char *response;
    size_t len, given;
    uint8_t nonce[16];
    uint32_t drawn;
};

/* work: of the client, to see that nothing secret stays in it. End with peer_free(). */
void peer_init(struct peer *peer, struct fuzz_input script, const char *work, size_t work_size);
void peer_free(struct peer *peer);

/* Does the token of the request stand in the work buffer? */
int peer_sees_token(const struct peer *peer);

#endif
