/* SPDX-License-Identifier: Apache-2.0 */
/* Which failures are retried, and when; connections that are kept; and the service's codes. Linked where
 * settings.retry names it. */
#include <string.h>
#include "calendar.h"
#include "client.h"
#include "text.h"

#define IDLE_MS 50000 /* where settings.idle_ms says nothing */

const struct osft_retry osft_retry_default = OSFT_RETRY(4, 10000, 500, 20000);

/* What the service's codes begin with. They go on: InvalidTimeStamp.Expired, Throttling.User. */
static const struct {
    char prefix[17];
    uint8_t cause;
} code_causes[] = {
    { "InvalidTimeStamp", OSFT_CAUSE_CLOCK },     { "IllegalTimestamp", OSFT_CAUSE_CLOCK },
    { "SignatureNonce", OSFT_CAUSE_NONCE },       { "SignatureDoesNot", OSFT_CAUSE_SIGNATURE },
    { "IncompleteSignat", OSFT_CAUSE_SIGNATURE }, { "InvalidAccessKey", OSFT_CAUSE_KEY },
    { "InvalidSecurityT", OSFT_CAUSE_TOKEN },     { "Throttling", OSFT_CAUSE_THROTTLED },
    { "ServiceUnavailab", OSFT_CAUSE_BUSY },      { "InternalError", OSFT_CAUSE_BUSY },
    { "Forbidden", OSFT_CAUSE_DENIED },           { "NoPermission", OSFT_CAUSE_DENIED },
};

static int ends_with(const struct osft_span *text, const char *ending)
{
    size_t len = strlen(ending);
    return text->len >= len && memcmp(text->ptr + text->len - len, ending, len) == 0;
}

enum osft_cause osft_cause_of(const struct osft_reply *reply)
{
    const struct osft_span *code = &reply->code;
    unsigned i;

    for (i = 0; i < sizeof(code_causes) / sizeof(code_causes[0]); i++) {
        size_t len = strlen(code_causes[i].prefix);
        if (code->len >= len && memcmp(code->ptr, code_causes[i].prefix, len) == 0) {
            return (enum osft_cause)code_causes[i].cause;
        }
    }
    if (ends_with(code, "NotExist") || ends_with(code, "NotFound")) {
        return OSFT_CAUSE_NOT_FOUND;
    }
    switch (reply->http_status) {
    case 403: return OSFT_CAUSE_DENIED;
    case 404: return OSFT_CAUSE_NOT_FOUND;
    case 429: return OSFT_CAUSE_THROTTLED;
    case 500:
    case 502:
    case 503:
    case 504: return OSFT_CAUSE_BUSY; /* 501 and 505 would be the same again */
    default: return OSFT_CAUSE_OTHER;
    }
}

/* The smaller of count units in ms and what is heeded at most; 0 when there is no number. */
static uint32_t limit_retry_after(int64_t count, uint32_t unit_ms)
{
    if (count < 0) {
        return 0;
    }
    return count < OSFT_RETRY_AFTER_MAX_MS / unit_ms ? (uint32_t)count * unit_ms
                                                     : OSFT_RETRY_AFTER_MAX_MS;
}

/* The number of seconds behind "timeout=" in a Keep-Alive header; -1: none. */
static int64_t parse_keep_alive(const char *value, size_t len)
{
    static const char parameter[] = "timeout=";
    const size_t skip = sizeof(parameter) - 1;
    size_t i, digits = 0;

    for (i = 0; i + skip <= len; i++) {
        if (osft_is_equal_ignoring_case(value + i, skip, parameter)) {
            while (i + skip + digits < len && value[i + skip + digits] >= '0' &&
                   value[i + skip + digits] <= '9') {
                digits++;
            }
            return osft_parse_integer(value + i + skip, digits);
        }
    }
    return -1;
}

static void read_connection(struct osft_client *client, const char *value, size_t len)
{
    static const char option[] = "close";
    size_t i;

    for (i = 0; i + sizeof(option) - 1 <= len; i++) {
        if (osft_is_equal_ignoring_case(value + i, sizeof(option) - 1, option)) {
            client->http.may_stay_open = 0;
        }
    }
}

static void note_retry_after(struct osft_reply *reply, int64_t count, uint32_t unit_ms)
{
    uint32_t ms = limit_retry_after(count, unit_ms);

    if (reply->retry_after_ms < ms) {
        reply->retry_after_ms = ms;
    }
}

void osft_read_retry_header(struct osft_client *client, size_t name_length, const char *value,
                            size_t len)
{
    struct osft_reply *reply = &client->reply;
    const char *name = client->response.buffer;

    if (osft_is_equal_ignoring_case(name, name_length, "date")) {
        reply->date_s = osft_parse_http_date(value, len);
    } else if (osft_is_equal_ignoring_case(name, name_length, "retry-after")) {
        note_retry_after(reply, osft_parse_integer(value, len), 1000);
        reply->retry_at_s = osft_parse_http_date(value, len);
    } else if (osft_is_equal_ignoring_case(name, name_length, "x-acs-retry-after")) {
        note_retry_after(reply, osft_parse_integer(value, len), 1);
    } else if (osft_is_equal_ignoring_case(name, name_length, "connection")) {
        read_connection(client, value, len);
    } else if (osft_is_equal_ignoring_case(name, name_length, "keep-alive")) {
        uint32_t ms = limit_retry_after(parse_keep_alive(value, len), 1000);
        client->keep_alive_ms = ms != 0 && ms < client->keep_alive_ms ? ms : client->keep_alive_ms;
    }
    /* A date to wait for is told by the response's clock, whichever header comes first. */
    if (reply->date_s >= 0 && reply->retry_at_s >= 0) {
        note_retry_after(reply, reply->retry_at_s - reply->date_s, 1000);
    }
}

int osft_reuse_connection(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    const struct osft_port *port = settings->port;
    char byte;

    client->keep_alive_ms = settings->idle_ms != 0 ? settings->idle_ms : IDLE_MS;
    /* A byte that has come since would be taken for the response. */
    return osft_time_left(&client->idle, port) != 0 && port->recv(port->ctx, &byte, 1) == 0;
}

/* The service has refused the date. Returns 1 when there is another one to sign with. */
static int learn_clock(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    int64_t date = client->reply.date_s, now;
    int is_ticks;

    if (date < 0 || client->clock_was_learned || date == client->signed_s) {
        return 0;
    }
    client->clock_was_learned = 1;
    now = osft_device_time(client, &is_ticks);
    if (is_ticks && port->learn_utc != NULL) {
        port->learn_utc(port->ctx, date);
        now = osft_device_time(client, &is_ticks);
        if (is_ticks) {
            return 0; /* the port does not believe it, and knows more of who said it */
        }
    }
    client->clock_offset_s = date - now;
    client->offset_is_from_ticks = (uint8_t)is_ticks;
    return 1;
}

/* The service says that something is wrong with the token. Returns OSFT_PENDING when another one can be
 * had, or what the call came to. */
static int renew_token(struct osft_client *client)
{
    static const char code[] = "InvalidSecurityToken.Expired";

    if (client->reply.code.len != sizeof(code) - 1 ||
        memcmp(client->reply.code.ptr, code, sizeof(code) - 1) != 0) {
        return OSFT_E_REFUSED; /* another token would not be this AccessKey's either */
    }
    if (client->settings->renew == NULL || client->token_was_renewed) {
        return OSFT_E_TOKEN;
    }
    client->token_was_renewed = client->token_has_expired = 1;
    return OSFT_PENDING;
}

/* Full jitter: anything up to a limit that doubles with each failure. */
static uint32_t get_backoff(const struct osft_client *client)
{
    const struct osft_retry *retry = client->settings->retry;
    const struct osft_port *port = client->settings->port;
    uint32_t limit = retry->backoff_ms, random = 0;
    unsigned failures;

    for (failures = client->reply.attempts; failures > 1 && limit < retry->backoff_max_ms;
         failures--) {
        limit *= 2;
    }
    if (limit > retry->backoff_max_ms) {
        limit = retry->backoff_max_ms;
    }
    if (port->random(port->ctx, &random, sizeof(random)) != 0) {
        return limit;
    }
    return (uint32_t)((uint64_t)random * limit >> 32);
}

int osft_plan_retry(struct osft_client *client, int error, uint32_t *wait_ms)
{
    enum osft_cause cause = OSFT_CAUSE_BUSY;

    if (error == OSFT_E_REFUSED || error == OSFT_E_HTML || error == OSFT_E_EMPTY) {
        cause = osft_cause_of(&client->reply);
    } else if (error != OSFT_E_IO && error != OSFT_E_TIMEOUT && error != OSFT_E_RESOLVE &&
               error != OSFT_E_CUT) {
        return error;
    }
    /* These two change something, and are followed by another attempt however few are allowed. */
    if (cause == OSFT_CAUSE_CLOCK) {
        return learn_clock(client) ? OSFT_PENDING : error;
    }
    if (cause == OSFT_CAUSE_TOKEN) {
        return renew_token(client);
    }
    if (client->reply.attempts >= client->settings->retry->attempts) {
        return error;
    }
    if (cause == OSFT_CAUSE_NONCE) {
        return OSFT_PENDING;
    }
    if (cause != OSFT_CAUSE_THROTTLED && cause != OSFT_CAUSE_BUSY) {
        return error;
    }
    *wait_ms = get_backoff(client);
    if (*wait_ms < client->reply.retry_after_ms) {
        *wait_ms = client->reply.retry_after_ms;
    }
    return OSFT_PENDING;
}
