/* SPDX-License-Identifier: Apache-2.0 */
/* The results of all functions of osft, grouped by the person who can correct the fault. The values
 * are frozen: a number means the same in every version. */
#ifndef OSFT_ERROR_H
#define OSFT_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum osft_error {
    OSFT_PENDING = 1, /* the call goes on: call osft_step() again */
    OSFT_OK = 0,

    /* Errors that the caller can correct: change the call or its memory. */
    OSFT_E_ARG = -1,     /* a value cannot be sent; osft_argument_name(reply.argument) names it */
    OSFT_E_SPACE = -2,   /* the work buffer is too small; reply.need bytes suffice */
    OSFT_E_TASKS = -3,   /* the task array is too small; the response has reply.tasks tasks */
    OSFT_E_STATE = -4,   /* another call is in progress, or none was started */
    OSFT_E_STOPPED = -5, /* a callback or osft_close() ended the call */
    OSFT_E_SAVED = -6,   /* saved bytes are damaged, or were made by another version or for another
                          * purpose; start without them */
    OSFT_E_FULL = -7,    /* a table of fixed size has no room for more; make it larger */
    OSFT_E_RANGE = -8,   /* a number does not fit into the integer that was asked for */

    /* Errors of the device and its network; reply.port_code has the port's own number when open,
     * send, recv or random failed. */
    OSFT_E_IO = -16,        /* the connection failed or broke; trying again may help */
    OSFT_E_TIMEOUT = -17,   /* the time allowed ran out; trying again may help */
    OSFT_E_RESOLVE = -18,   /* the host name has no address; check DNS and the name */
    OSFT_E_TLS = -19,       /* the TLS handshake failed, or the TLS connection broke */
    OSFT_E_CERT = -20,      /* the server's certificate is not trusted; check roots and host name */
    OSFT_E_CERT_TIME = -21, /* the certificate is not valid now; check the device's clock first */
    OSFT_E_CLOCK = -22,     /* the port does not know the time; set the clock */
    OSFT_E_RANDOM = -23,    /* the port's random source failed */
    OSFT_E_HASH = -24,      /* the port's SHA-256 failed */
    OSFT_E_CUT = -25,       /* the connection ended before the response did; try again */
    OSFT_E_PROXY = -26,     /* the proxy did not connect; reply.port_code has the proxy's HTTP
                             * status */

    /* Errors of the service, or of something between the device and the service: the response is
     * not as it should be. */
    OSFT_E_HTTP = -32, /* the response breaks the rules of HTTP/1.1 */
    OSFT_E_JSON = -33, /* the body is not JSON; reply.offset says where it stops being JSON. With an
                        * HTTP status of 400 or more, the error is OSFT_E_REFUSED instead */
    OSFT_E_RESPONSE =
        -34,            /* the body is JSON, but no list of tasks; reply.member names the member */
    OSFT_E_HTML = -35,  /* the body is a web page: a proxy or captive portal answered */
    OSFT_E_EMPTY = -36, /* the response has no body */
    OSFT_E_REDIRECT = -37, /* the response is a redirect, which is never followed; check the host
                            * name */
    OSFT_E_DEPTH = -38,    /* arrays and objects nest deeper than a limit of osft_config.h */
    OSFT_E_BAD_TASK = -39, /* a task has a member that cannot be used, and was left out; see
                            * reply.omission. All other tasks were delivered */

    /* Errors that the account's owner can correct: the service refused the request; see
     * reply.http_status, code, message, request_id. */
    OSFT_E_REFUSED = -48,
    OSFT_E_TOKEN = -49, /* there are no valid credentials: the STS token expired, or settings.renew
                         * failed */

    /* Not the result of a call: a port's recv returns it when the peer has ended the stream. */
    OSFT_EOF = -64
};

/* Return a description of a result in English; static text, never NULL. */
const char *osft_strerror(int error);
/* Return what the JSON grammar allows at reply.offset, after OSFT_E_JSON. Takes reply.expected;
 * static text. */
const char *osft_json_reason(uint8_t expected);
/* Return the name of the value that cannot be sent, after OSFT_E_ARG. Takes reply.argument; static
 * text. */
const char *osft_argument_name(uint8_t argument);

#ifdef __cplusplus
}
#endif
#endif
