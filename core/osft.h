/* SPDX-License-Identifier: Apache-2.0 */
/* osft: lists the training tasks of an Alibaba Cloud OpenSearch function instance.
 *
 *     struct osft_client client;
 *     struct osft_task tasks[8];
 *     struct osft_page page = { .tasks = tasks, .max = 8 };
 *     osft_init(&client, &settings);
 *     int err = osft_list(&client, &query, 10000, &page);
 *     for (size_t i = 0; i < page.count; i++)
 *         printf("%s %d%%\n", page.tasks[i].status.ptr, (int)page.tasks[i].progress);
 *
 * memory:  nothing is allocated and no global is written; all memory is the caller's.
 * threads: clients are independent of each other; one client is for one thread at a time.
 */
#ifndef OSFT_H
#define OSFT_H

#include "osft_config.h"
#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OSFT_VERSION "0.1.0"

/* Text: pointer and length. What osft hands out is also ended by a NUL (not counted in len), so it
 * can be printed as it is; len tells when a NUL is part of the text. Absent: ptr is NULL. */
struct osft_span {
    const char *ptr;
    size_t len;
};

/* An initialiser from a string literal; anything else does not compile. */
#define OSFT_LIT(s)         \
    {                       \
        "" s, sizeof(s) - 1 \
    }

/* What an integer member holds when the answer leaves it out or says null. */
#define OSFT_UNKNOWN (-1)

/* An AccessKey, or an AccessKey with its STS token (token.len 0: none). */
struct osft_credentials {
    struct osft_span id;
    struct osft_span secret;
    struct osft_span token;
};

/* Bits of osft_query.zero. */
enum osft_query_bit {
    OSFT_END_TIME = 1,
    OSFT_PAGE_NUMBER = 2,
    OSFT_PAGE_SIZE = 4,
    OSFT_START_TIME = 8
};

/* What to ask for. The three names are UTF-8, of any bytes, and needed; all else is optional, and
 * left out of the request while it is zero (status: while ptr is NULL). To really send a 0, set its
 * bit in zero. The service's own page_size is 1 when none is sent. */
struct osft_query {
    struct osft_span app_group;  /* application */
    struct osft_span function;   /* function, such as ctr */
    struct osft_span instance;   /* instance of the function */
    struct osft_span generation; /* ptr not NULL: GetFunctionTask of this generation, one task */
    struct osft_span status;     /* success, failed or running */
    int64_t end_ms;              /* ended earlier than this; ms since 1970 */
    int64_t page_number;         /* from 1 */
    int64_t page_size;           /* tasks */
    int64_t start_ms;            /* started later than this; ms since 1970 */
    uint8_t zero;                /* osft_query_bit: send this one although it is 0 */
};

/* One training run. Texts are unescaped; they lie in the work buffer until the next call on the
 * client. A member that is absent or null has ptr NULL, or OSFT_UNKNOWN. */
struct osft_task {
    int64_t start_ms;             /* ms since 1970 */
    int64_t end_ms;               /* ms since 1970; 0: not ended */
    int32_t progress;             /* per cent, 0 to 100 */
    struct osft_span function;    /* functionName */
    struct osft_span status;      /* success, failed, running, or what the service says */
    struct osft_span run_id;      /* runId */
    struct osft_span generation;  /* which iteration */
    struct osft_span extend_info; /* JSON text: evaluation metrics and errors */
};

/* Everything a call has to say. Set tasks and max, or stream; the call sets the rest, also when it
 * fails. */
struct osft_page {
    struct osft_task *tasks;    /* where tasks go; the caller's */
    size_t max;                 /* how many fit */
    struct osft_stream *stream; /* NULL: into tasks; else see osft_stream.h */

    size_t count; /* tasks stored, each whole; also meaningful when the call failed */
    size_t seen;  /* tasks in the answer, as far as it was read */

    uint16_t http_status; /* 0: no answer came */
    uint8_t expected;   /* with OSFT_E_JSON: for osft_json_reason(); with _E_ARG: osft_arg_name() */
    int32_t port_code;  /* the port's own number; 0: none */
    size_t need;        /* bytes of work buffer that suffice for this answer, or, when not even the
                         * request fitted (http_status is 0), for the request */
    size_t offset;      /* body bytes read; with OSFT_E_JSON: where it stops being JSON */
    const char *member; /* with OSFT_E_ANSWER: which one; static text */

    struct osft_span date;            /* the answer's Date header as sent */
    struct osft_span retry_after;     /* Retry-After as sent: seconds, or a date */
    struct osft_span acs_retry_after; /* x-acs-retry-after as sent: milliseconds */
    struct osft_span connection;      /* Connection as sent */

    struct osft_span status;     /* of the envelope: OK, 200, FAIL */
    struct osft_span code;       /* the service's error code; empty, 200 or OK: none */
    struct osft_span message;    /* can echo what was signed: do not log it whole */
    struct osft_span request_id; /* what the service's people ask for */
    int64_t total;               /* totalCount: tasks that match, on all pages */
    int64_t latency_ms;          /* latency: the service's own time */
    int64_t http_code;           /* httpCode, as the body says */
};

/* What a client is made of. All of it must outlive the client. */
struct osft_settings {
    const struct osft_port *port;
    const struct osft_sha256 *sha256;
    const struct osft_credentials *credentials; /* read at each call */
    const char *host;   /* such as opensearch.cn-hangzhou.aliyuncs.com; an IPv6 address in [] */
    uint16_t tcp_port;  /* 0: 443, or 80 when plain */
    uint8_t plain_http; /* 1: the port speaks no TLS (only decides the default TCP port) */
    void *work;         /* for request and answer; see page->need */
    size_t work_size;
    int64_t skew_s; /* added to port.utc_s: how far the service is ahead of the device; s */

    /* Only osft_link.h looks at these; 0 stands for the number in brackets. */
    uint8_t tries;           /* attempts in all, the first one included (4) */
    uint32_t attempt_ms;     /* how long one attempt may take (10,000) */
    uint32_t backoff_ms;     /* the longest wait after the first failure; doubles each time (500) */
    uint32_t backoff_max_ms; /* what it does not grow beyond (20,000) */
    /* Make *credentials current; asked before each attempt. expired: 1 when the service has just
     * refused the token. Returns 0, or < 0 when there are none: OSFT_E_TOKEN. NULL: they stay. */
    int (*renew)(void *ctx, int expired);
    void *renew_ctx;
};

/* What the client wants done next. When the transport would block, the low two bits are the
 * osft_event to wait for. */
enum osft_want {
    OSFT_DONE = 0,       /* nothing; see osft_result() */
    OSFT_WANT_RECV = 1,  /* receive into *buf, at most *len bytes; report as port.recv returns */
    OSFT_WANT_SEND = 2,  /* send from *buf, at most *len bytes; report as port.send returns */
    OSFT_WANT_CLOSE = 4, /* close the connection; report 1 */
    OSFT_WANT_OPEN = 6,  /* connect; report as port.open returns */
    OSFT_WANT_WAIT = 8 /* only from osft_link_step(): come back after *len ms, nothing to report */
};

/* The client. Its size is a constant; its members are private. */
struct osft_deadline {
    uint32_t began, budget; /* ms; budget 0: no bound */
};
struct osft_json {
    uint8_t depth, state, name;
    char nest[OSFT_JSON_DEPTH]; /* what closes each level */
};
struct osft_client {
    const struct osft_settings *set;
    uint8_t state;                          /* of the call: what it wants */
    uint8_t http;                           /* what the next byte is */
    uint8_t has_length, is_chunked, is_1_0; /* what the head says */
    uint8_t is_long;                        /* the rest of the header line was not stored */
    uint8_t one;                            /* result is one object */
    uint8_t level;                          /* depth of the object whose members are being read */
    uint8_t member, part; /* the envelope's member being read, and the innermost one */
    uint8_t skip;         /* depth at which what is being passed over ends; 0: nothing is */
    uint8_t counting;     /* 1: it would have been stored, had there been room */
    uint8_t has_result, has_errors, is_wrong; /* what the answer has shown to be */
    struct osft_json json; /* near the front, where its bytes are cheaply reached */
    uint32_t had;          /* one bit a member: already seen */
    char *mem;             /* the work buffer */
    size_t size, used;     /* of it; while sending: of the request */
    size_t item;           /* where the header line, name or value being read begins */
    size_t name;           /* where the header's name ends */
    size_t lost;           /* bytes that did not fit */
    uint32_t length;       /* of body or chunk: bytes to come */
    uint32_t head;         /* bytes of it so far */
    struct osft_deadline deadline;
    struct osft_page *page;
    int result; /* of the call, when it is over */
    int why;    /* no more tasks are taken: OSFT_E_SPACE, _E_TASKS or _E_ANSWER */
};

/* Make a client. Call it once, and again only to give up a call in progress: then close the connection
 * and wipe the work buffer yourself, as the request in it may hold an STS token.
 * buffers: keeps set, which must outlive the client. */
void osft_init(struct osft_client *c, const struct osft_settings *set);

/* Fetch one page of tasks, newest first (or one task: query->generation).
 * buffers:  uses the work buffer whole; the texts in *page lie there until the next call on c
 * units:    budget_ms bounds the whole call, connect to last byte; 0: no bound
 * blocks:   yes, in port->wait; osft_begin() and osft_step() are the same call without blocking
 * returns:  0, or an osft_err; page->count tasks are whole and usable either way */
int osft_list(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
              struct osft_page *page);

/* The same call for a super-loop, a poll loop, or any transport: begin, then
 *
 *     while ((want = osft_step(c, &buf, &len)) != OSFT_DONE)
 *         osft_did(c, what_the_transport_returned);
 *     err = osft_result(c);
 *
 * None of these blocks. When the transport returns 0, report it and come back later.
 * buffers: query is not used after osft_begin() returns; page until OSFT_DONE
 * returns: osft_begin: 0, or an osft_err, which the following steps report as well */
int osft_begin(struct osft_client *c, const struct osft_query *query, uint32_t budget_ms,
               struct osft_page *page);
enum osft_want osft_step(struct osft_client *c, void **buf, size_t *len);
void osft_did(struct osft_client *c, int n);
int osft_result(const struct osft_client *c);

/* The TCP port that OSFT_WANT_OPEN means. */
uint16_t osft_tcp_port(const struct osft_settings *set);

/* Milliseconds left of the call's budget, for a wait; UINT32_MAX when there is no bound. */
uint32_t osft_left(const struct osft_client *c);

/* A saved answer body of len bytes at body, read by the same engine. body is overwritten, and the
 * texts in *page lie in it. one: it answers GetFunctionTask. returns: 0, or an osft_err. */
int osft_parse(char *body, size_t len, int one, struct osft_page *page);

/* English for an osft_err; static text, never NULL. */
const char *osft_strerror(int err);
/* With OSFT_E_JSON: what JSON's grammar wanted. With OSFT_E_ARG: which value cannot be sent.
 * Both take page->expected; static text, never NULL. */
const char *osft_json_reason(uint8_t expected);
const char *osft_arg_name(uint8_t expected);

/* Why the service said no, for a program that must decide what to do. */
enum osft_cause {
    OSFT_CAUSE_OTHER = 0,
    OSFT_CAUSE_CLOCK,     /* the date in the request: the clock is off */
    OSFT_CAUSE_NONCE,     /* a nonce was used twice */
    OSFT_CAUSE_SIGNATURE, /* the signature is wrong: most often the secret */
    OSFT_CAUSE_KEY,       /* the AccessKey is unknown or inactive */
    OSFT_CAUSE_TOKEN,     /* the STS token expired or is not this AccessKey's: refresh it */
    OSFT_CAUSE_THROTTLED, /* too many calls: wait */
    OSFT_CAUSE_BUSY,      /* the service is unwell: wait */
    OSFT_CAUSE_DENIED,    /* the account may not do this */
    OSFT_CAUSE_NOT_FOUND  /* no such application, function, instance or task */
};
enum osft_cause osft_refusal(const struct osft_page *page);

/* The state that a task's status text names. */
enum osft_state { OSFT_STATE_OTHER = 0, OSFT_SUCCESS, OSFT_FAILED, OSFT_RUNNING };
enum osft_state osft_task_state(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif
