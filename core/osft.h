/* SPDX-License-Identifier: Apache-2.0 */
/* osft: lists the training tasks of an Alibaba Cloud OpenSearch function instance.
 *
 *     struct osft_client client;
 *     struct osft_task tasks[8];
 *     struct osft_page page = { .tasks = tasks, .max = 8 };
 *     osft_init(&client, &settings);
 *     int result = osft_list(&client, &query, &page, 10000);
 *     for (size_t i = 0; i < page.count; i++)
 *         printf("%d%%\n", (int)page.tasks[i].progress);
 *     osft_close(&client);
 *
 * memory:  nothing is allocated and no global is written; all memory is the caller's.
 * threads: clients share nothing; one client belongs to one thread at a time.
 */
#ifndef OSFT_H
#define OSFT_H

#include <string.h>

#include "osft_config.h"
#include "osft_error.h"
#include "osft_port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OSFT_VERSION        "0.2.0"
#define OSFT_VERSION_NUMBER 0x000200 /* major << 16 | minor << 8 | patch */

/* A text: a pointer and a length. The ptr of an absent text is NULL. A text that osft returns is
 * followed by a NUL, which len does not count, so that the text can be printed; only numbers and
 * literals in osft_metrics.h have no NUL behind them. A text may itself contain a NUL; len then
 * still gives the whole length. */
struct osft_span {
    const char *ptr;
    size_t len;
};

/* The initialiser of a span, from a string literal; anything else does not compile. */
#define OSFT_LIT(s)         \
    {                       \
        "" s, sizeof(s) - 1 \
    }

/* Return the span of a C string; for NULL, an absent span. The span points to the string itself. */
static inline struct osft_span osft_span_from(const char *text)
{
    struct osft_span span = { text, text != NULL ? strlen(text) : 0 };
    return span;
}

/* The value of an integer member that the response leaves out or gives as null. */
#define OSFT_UNKNOWN (-1)

/* An AccessKey, or an AccessKey with its STS token (token.len 0: none). */
struct osft_credentials {
    struct osft_span id;
    struct osft_span secret;
    struct osft_span token;
};

/* The tasks that a call asks for. The first three members are names in UTF-8, and required. All
 * other members are optional; a member that is zero or absent is left out of the request. Without
 * page_size the service sends one task. A call returns OSFT_E_ARG when a name is empty, "." or
 * "..", when a time is negative, or when an AccessKey id, token or host is empty or contains white
 * space or control characters. */
struct osft_query {
    struct osft_span app_group; /* application */
    struct osft_span function;  /* function, such as ctr */
    struct osft_span instance;  /* instance of the function */
    /* When ptr is not NULL, the call is GetFunctionTask for this generation: it returns one task,
     * and the members below are ignored. */
    struct osft_span generation;
    struct osft_span status; /* success, failed or running */
    int64_t end_ms;          /* only tasks that ended earlier than this; ms since 1970 */
    int64_t start_ms;        /* only tasks that started later than this; ms since 1970 */
    uint32_t page_number;    /* from 1 */
    uint32_t page_size;      /* tasks */
};

/* One training task. Its texts are unescaped. A text that is absent or null has ptr NULL; an
 * integer that is absent or null is OSFT_UNKNOWN. */
struct osft_task {
    int64_t start_ms;             /* ms since 1970 */
    int64_t end_ms;               /* ms since 1970; 0: the task has not ended */
    int32_t progress;             /* per cent, 0 to 100 */
    uint32_t index;               /* number of tasks before this one: in the response, or, with
                                   * osft_pages.h and osft_watch.h, in the walk */
    struct osft_span run_id;      /* runId */
    struct osft_span function;    /* functionName */
    struct osft_span status;      /* success, failed, running, or another word of the service */
    struct osft_span generation;  /* identifies the training iteration */
    struct osft_span extend_info; /* JSON text: evaluation metrics and errors; see osft_metrics.h */
};

/* A task that was left out, because it is too large or has a member that cannot be used. */
struct osft_omission {
    int32_t reason;        /* OSFT_E_SPACE or OSFT_E_BAD_TASK */
    const char *member;    /* the name of the bad member, or of the member that did not fit into the
                            * work buffer; static text */
    struct osft_task task; /* the task's index, and the members that could be read */
};

/* Receives one task at a time, as soon as the last byte of the task has arrived. The task is
 * complete, but the rest of the response may still be cut off or malformed; then the call returns
 * an error.
 * task:     the task; NULL when the task was left out
 * omission: NULL; or the task that was left out
 * lifetime: task and omission, and their texts, are valid until the function returns
 * threads:  called from within osft_step(); the function must not call functions of the client
 * returns:  0 to go on; 1 to end the call with OSFT_E_STOPPED */
typedef int osft_on_task(void *ctx, const struct osft_task *task,
                         const struct osft_omission *omission);

/* The destination of a response's tasks: an array, or a function that receives them one by one.
 * With a function, a work buffer that holds one task is enough for a page of any size. */
struct osft_page {
    struct osft_task *tasks; /* the caller's array; not used when there is an on_task */
    size_t max;              /* number of tasks that the array can hold */
    osft_on_task *on_task;   /* NULL: tasks go into the array */
    void *on_task_ctx;
    size_t count; /* set by the call: complete tasks delivered; valid after errors, too */
};

/* The result of a call, apart from its tasks. The call sets it, also when the call fails. The texts
 * lie in the work buffer. */
struct osft_reply {
    uint16_t attempts;  /* attempts begun; an attempt that is repeated because a kept connection was
                         * dead counts once */
    uint8_t reopened;   /* 1: the kept connection was dead, and a new one was opened */
    int32_t last_error; /* osft_error of the last attempt that was followed by another one; 0:
                         * none */

    /* Each attempt sets the members below anew. */
    uint16_t http_status; /* 0: no response came */
    uint8_t expected;     /* after OSFT_E_JSON: pass it to osft_json_reason() */
    uint8_t argument;     /* after OSFT_E_ARG: pass it to osft_argument_name() */
    int32_t port_code;    /* the port's own number when open, send, recv or random failed; else 0 */
    size_t need;          /* the size of a work buffer that suffices: for this response, or, when no
                           * response has come (http_status 0), for the request; bytes */
    size_t offset;        /* body bytes read; with OSFT_E_JSON: where the body stops being JSON */
    const char *member;   /* with OSFT_E_RESPONSE: which member is wrong; static text */

    /* The next four members are set only when settings.retry is not NULL. */
    uint32_t retry_after_ms; /* the wait that the response asks for, at most
                              * OSFT_RETRY_AFTER_MAX_MS; 0: none */
    uint32_t retry_wait_ms;  /* how long to wait before the next request: retry_after_ms plus, after
                              * a failure that is retried, the random time of the back-off */
    int64_t date_s;          /* the response's Date header, UTC seconds; < 0: none */
    int64_t retry_at_s;      /* the date in a Retry-After header, UTC seconds; < 0: none */

    struct osft_span status;     /* the envelope's status, such as OK, 200 or FAIL */
    struct osft_span code;       /* the service's error code; empty, 200 or OK: none */
    struct osft_span message;    /* can repeat the text that was signed: do not log it whole */
    struct osft_span request_id; /* identifies the request to the service's support */
    int64_t total;               /* totalCount: tasks that match the query, on all pages */
    int64_t latency_ms;          /* latency: the service's own measure of how long it worked */
    int64_t http_code;           /* httpCode: the HTTP status as the body gives it */

    uint32_t tasks;    /* tasks in the response, including those that were left out */
    uint32_t left_out; /* tasks that were left out because they are too large or bad */
    /* The first task that was left out, when left_out is not 0. Of the task's texts only the run id
     * is kept, and only when the page has no on_task. */
    struct osft_omission omission;
};

struct osft_client;

/* The rules by which failed attempts are repeated and connections are kept: osft_retry_default, or
 * rules of your own that OSFT_RETRY makes.
 *
 * kept:    the connection stays open after OSFT_OK, OSFT_E_BAD_TASK, and errors of the caller's
 *          memory, when an HTTP/1.1 response was read to its end and does not say Connection:
 *          close. The connection is used again within settings.idle_ms and within the time of the
 *          server's Keep-Alive header. A Keep-Alive time-out of 0 s closes the connection at once.
 *          If a kept connection fails or times out before the first byte of a response, the client
 *          opens a new one, at most once per call; this does not count as an attempt. When a NAT
 *          has forgotten a kept connection, nothing arrives on the connection for the whole of
 *          attempt_ms. A call's limit should therefore be longer than attempt_ms; otherwise that
 *          call ends with OSFT_E_TIMEOUT, and only the next call connects anew.
 * retried: OSFT_E_IO, _TIMEOUT (of the attempt), _RESOLVE and _CUT; and some service errors. If the
 *          error's code is known, the code decides; otherwise the HTTP status decides: 429, 500,
 *          502, 503 and 504 are retried. Other service errors are not retried. Before a retry the
 *          client waits for as long as Retry-After or x-acs-retry-after asks for, at most
 *          OSFT_RETRY_AFTER_MAX_MS, and then for a random time of up to backoff_ms, which doubles
 *          with each failure. The random time keeps devices that were refused together from coming
 *          back together. A request that was refused because its nonce was used is retried at once.
 *          When a wait would outlast the call's time limit, the call ends with the failure at once.
 * streams: a call whose on_task has been given tasks is not retried, because on_task would be given
 *          them twice. Calls of osft_pages.h and osft_watch.h leave repeated tasks out, and are
 *          retried.
 * clock:   a request that was refused for its date is signed again, at most once per call, with the
 *          time of the service's Date header. The difference between the clocks is kept in
 *          client.clock_offset_s. A Date that is absent, malformed or outside the years 2020 to
 *          2099 changes nothing. Where port.utc_s does not know the time, the first request is
 *          refused for its date, and the second is signed with the service's time; port.learn_utc
 *          is called with this time. If the port rejects the time, the call fails with the
 *          service's error.
 * token:   when the service says that the STS token expired, settings.renew is called with expired
 *          1, at most once per call, and the request is signed again. */
struct osft_retry {
    /* The most attempts that a call makes when network or service errors occur, including the first
     * attempt; at least 1. One more attempt follows when the clock was corrected, and one when the
     * token was renewed. */
    uint8_t attempts;
    uint32_t attempt_ms;     /* how long one attempt may take; ms, not 0 */
    uint32_t backoff_ms;     /* the longest wait after the first failure, doubled with each further
                              * failure; ms */
    uint32_t backoff_max_ms; /* the upper bound of the doubled wait; ms, less than 1 << 31 */

    /* private: the functions that retry; a program that names no struct osft_retry does not link
     * them */
    int (*prepare_attempt)(struct osft_client *client);
    int (*end_attempt)(struct osft_client *client, int result);
    void (*read_header)(struct osft_client *client, size_t name_length, const char *value,
                        size_t len);
};
/* 4 attempts of 10 s each, with back-off from 500 ms to 20 s. */
extern const struct osft_retry osft_retry_default;
/* The initialiser of a struct osft_retry with limits of your own, which are its first four
 * members. */
#define OSFT_RETRY(attempts, attempt_ms, backoff_ms, backoff_max_ms)                              \
    {                                                                                             \
        attempts, attempt_ms, backoff_ms, backoff_max_ms, osft_prepare_attempt, osft_end_attempt, \
            osft_read_retry_header                                                                \
    }
/* private: the functions that OSFT_RETRY names */
int osft_prepare_attempt(struct osft_client *client);
int osft_end_attempt(struct osft_client *client, int result);
void osft_read_retry_header(struct osft_client *client, size_t name_length, const char *value,
                            size_t len);

/* The parts that a client uses. All of them must outlive the client. */
struct osft_settings {
    const struct osft_port *port;
    const struct osft_sha256 *sha256;
    const struct osft_credentials *credentials; /* read at each attempt */
    const char *host;   /* such as opensearch.cn-hangzhou.aliyuncs.com; an IPv6 address in [] */
    uint16_t tcp_port;  /* 0: 443, or 80 with plain_http */
    uint8_t plain_http; /* 1: the port has no TLS (decides only the default TCP port) */
    /* The work buffer, of any alignment. It holds the request (0.6 to 0.8 KB and the STS token),
     * and then the response's texts. reply.need gives the exact size. */
    void *work;
    size_t work_size;
    /* NULL: each call is one attempt on a connection of its own; else &osft_retry_default, or rules
     * of your own. */
    const struct osft_retry *retry;
    /* How long a kept connection may be idle and still be used; ms. 0: 50,000, which is less than
     * NATs and servers usually allow. */
    uint32_t idle_ms;
    /* Updates *credentials where they are out of date. Called before each attempt, when retry is
     * not NULL. expired: 1 when the service has just refused the token. Returns 0; or < 0 when
     * there are no credentials, and then the call ends with OSFT_E_TOKEN. The function must not
     * call functions of the client. NULL: the credentials stay as they are. */
    int (*renew)(void *ctx, int expired);
    void *renew_ctx;
};

/* private: parts of the client */
struct osft_deadline {
    uint32_t start_ms, limit_ms; /* limit_ms UINT32_MAX: none */
};
struct osft_json {
    uint8_t depth, state;
    uint8_t in_name;               /* the string being read is a member's name */
    uint8_t has_escapes;           /* the string being read, or just read, has a backslash */
    char closing[OSFT_JSON_DEPTH]; /* what closes each open array or object */
};
struct osft_response {
    /* Set by the function that begins the response. */
    struct osft_page *page;
    struct osft_reply *reply;
    char *buffer; /* the work buffer */
    size_t size;
    uint8_t expects_one; /* result is one object, not an array of them */

    uint8_t place;  /* the part being read: the body, the envelope, a list, a task or an error */
    uint8_t depth;  /* how deep this part is nested */
    uint8_t member; /* the member of the envelope, task or error whose value is being read */
    uint8_t list;   /* the member of the envelope whose elements are being read: result or errors */
    char expected;  /* how the value read next must begin; see response.c */
    uint8_t is_skipping;    /* 1: bytes are dropped, up to the next comma at `depth` */
    uint8_t counts_skipped; /* 1: dropped bytes count towards reply.need, because they were dropped
                             * for lack of room */
    uint8_t faulty_member;  /* the first member that caused task_fault */
    uint8_t has_result, has_errors;
    struct osft_json json;
    size_t used;         /* bytes of the buffer in use; received bytes are written behind them */
    size_t task_start;   /* where the text of the task being read begins */
    size_t member_start; /* where the text of the member being read begins */
    size_t missing;      /* bytes that were dropped for lack of room; they would lie before
                          * `used` */
    size_t missing_before_task;
    int32_t task_fault;    /* the error for which the task being read is left out; OSFT_OK: none */
    int32_t result;        /* the result of the response, as far as it was read */
    uint32_t seen_members; /* one bit for each member that has come */
    struct osft_omission current; /* the task that was read last, kept in case it is left out */
};
struct osft_http {
    uint8_t state;
    uint8_t has_cr;     /* the last byte was CR, and LF must follow */
    uint8_t has_header; /* a header line has ended, unless the next line continues it */
    uint8_t is_cut;     /* the line is longer than its stored part */
    uint8_t is_1_0, is_chunked, has_length;
    uint8_t may_stay_open; /* the response lets the connection stay open */
    size_t line_length;    /* bytes of the line that are stored, behind response.used */
    uint32_t head_bytes;   /* bytes read of a head, or since a chunk's size; 0: nothing was
                            * received */
    uint64_t length;       /* bytes of the body or chunk that are still to come */
};

/* The client. Its size is a constant. The smallest and most used members come first, because small
 * processors reach them there with less code (0.2 KB). */
struct osft_client {
    /* public */
    uint8_t is_open; /* 1: a connection is open */

    /* private */
    uint8_t state;
    uint8_t was_kept;             /* this attempt began on a kept connection */
    uint8_t offset_is_from_ticks; /* clock_offset_s is relative to ticks_ms, not to utc_s */
    uint8_t clock_was_learned, token_was_renewed; /* during this call */
    uint8_t token_has_expired;                    /* the service has just refused the token as
                                                   * expired */
    uint8_t drops_repeats; /* 1: on_task leaves out repeated tasks, so the attempt may be
                            * repeated */
    struct osft_http http;
    const struct osft_settings *settings;
    const struct osft_query *query; /* NULL: the call is only a pause */
    size_t request_size;            /* bytes of the request in the work buffer; 0: it was wiped */
    size_t sent;                    /* bytes of the request that were sent */
    int32_t result;
    int (*on_result)(void *ctx, int result); /* see client.h */
    struct osft_deadline call, attempt;      /* attempt: also of a pause */
    struct osft_deadline idle;
    void *on_result_ctx;
    uint32_t keep_alive_ms; /* how long the connection may be idle */
    struct osft_response response;
    int64_t signed_s; /* the time that the last request was signed with, UTC seconds */

    /* public */
    /* The service's clock minus the device's clock, as last learned; seconds; 0: none was learned.
     * A saved value may be put here after osft_init(). The value is used only when settings.retry
     * is not NULL, and dropped when it does not correct the device's clock. */
    int64_t clock_offset_s;
    struct osft_reply reply; /* of the last call */
};

/* Initialise a client. Call this once.
 * buffers: keeps settings, which must outlive the client and may be constant */
#define osft_init OSFT_WITH_LIMITS(osft_init)
void osft_init(struct osft_client *client, const struct osft_settings *settings);

/* Fetch one page of tasks into *page, newest first; or one task, when query->generation is set.
 * buffers:  uses the client's work buffer; texts in *page and client->reply stay valid until the
 *           next call on the client
 * units:    limit_ms bounds the whole call, attempts and waits together; 0: only each attempt is
 *           bounded, by retry->attempt_ms; without settings.retry nothing is bounded
 * blocks:   yes, in port.wait; osft_list_start() and osft_step() do the same without blocking
 * returns:  OSFT_OK or an osft_error; page->count tasks are complete and usable in both cases. The
 *           exception is OSFT_E_STATE, which leaves *page unchanged */
int osft_list(struct osft_client *client, const struct osft_query *query, struct osft_page *page,
              uint32_t limit_ms);

/* Start osft_list() without blocking:
 *
 *     result = osft_list_start(&client, &query, &page, 10000);
 *     if (result == OSFT_OK)
 *         while ((result = osft_step(&client)) == OSFT_PENDING)
 *             sleep_at_most(osft_wait_ms(&client));
 *
 * buffers: query and page must stay as they are until osft_step() no longer returns OSFT_PENDING
 * returns: OSFT_OK, or OSFT_E_STATE while another call is in progress */
int osft_list_start(struct osft_client *client, const struct osft_query *query,
                    struct osft_page *page, uint32_t limit_ms);

/* Advance the operation that was started, a list, a page (osft_pages.h) or a poll (osft_watch.h),
 * as far as is possible without waiting. Blocks only when a function of the port blocks.
 * returns: OSFT_PENDING while the operation goes on; then OSFT_OK or an osft_error, also when
 *          called again */
int osft_step(struct osft_client *client);

/* Return how long the caller may sleep, unless one of osft_wait_events() happens earlier; ms. 0:
 * call osft_step() at once. UINT32_MAX: no limit, or nothing was started. */
uint32_t osft_wait_ms(const struct osft_client *client);
/* Return the events that the client waits for: osft_event bits of the lowest transport, which is
 * the socket; 0: only time. */
unsigned osft_wait_events(const struct osft_client *client);
/* Sleep in port.wait for the time and the events that osft_wait_ms() and osft_wait_events() return:
 * without a limit when nothing was started. Returns at once when port.wait is NULL. */
void osft_wait(const struct osft_client *client);

/* Call osft_step() and osft_wait() until the operation that was started is over. Blocks.
 * returns: as osft_step() does */
int osft_run(struct osft_client *client);

/* Close the connection, if one is open. A call in progress ends with OSFT_E_STOPPED, and its
 * request is wiped. The client can be used again: a walk or a watch goes on when its next page or
 * poll is started. Call osft_close() before the port, the settings' host or the memory changes or
 * goes away, and not from a callback. */
void osft_close(struct osft_client *client);

/* Return the TCP port to connect to: settings->tcp_port, or the default one when that is 0. */
uint16_t osft_tcp_port(const struct osft_settings *settings);

/* Read a saved response body: of ListFunctionTasks, or of GetFunctionTask. Calls use the same
 * parser.
 * buffers: body is overwritten, and the texts in *page and *reply lie in it
 * returns: OSFT_OK or an osft_error, as a call would; never blocks */
int osft_parse_list(char *body, size_t len, struct osft_page *page, struct osft_reply *reply);
int osft_parse_get(char *body, size_t len, struct osft_page *page, struct osft_reply *reply);

/* Overwrite secrets in memory, in a way that no compiler removes. */
void osft_wipe(void *memory, size_t len);

/* The reason why the service refused a request, for a program that must decide what to do. Valid
 * after OSFT_E_REFUSED, _TOKEN, _HTML and _EMPTY. */
enum osft_cause {
    OSFT_CAUSE_OTHER = 0,
    OSFT_CAUSE_CLOCK,     /* the request's date: the clock is off */
    OSFT_CAUSE_NONCE,     /* a nonce was used twice */
    OSFT_CAUSE_SIGNATURE, /* the signature is wrong, usually because of a wrong secret */
    OSFT_CAUSE_KEY,       /* the AccessKey is unknown or inactive */
    OSFT_CAUSE_TOKEN,     /* the STS token expired or belongs to another AccessKey: renew it */
    OSFT_CAUSE_THROTTLED, /* too many requests: wait */
    OSFT_CAUSE_BUSY,      /* the service has an error of its own: wait */
    OSFT_CAUSE_DENIED,    /* the account may not do this */
    OSFT_CAUSE_NOT_FOUND  /* no such application, function, instance or task */
};
/* Return the reason that a reply gives. */
enum osft_cause osft_cause_of(const struct osft_reply *reply);

/* Return the state that a task's status text names: success, failed or running, or OSFT_STATE_OTHER
 * for any other text. */
enum osft_state { OSFT_STATE_OTHER = 0, OSFT_SUCCESS, OSFT_FAILED, OSFT_RUNNING };
enum osft_state osft_task_state(const struct osft_task *task);

#ifdef __cplusplus
}
#endif
#endif
