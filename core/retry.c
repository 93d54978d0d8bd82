/* SPDX-License-Identifier: Apache-2.0 */
/* Which failures are retried, and when; connections that are kept; and the service's codes. Linked where
 * settings.retry names it. */
#include <string.h>
#include "calendar.h"
#include "client.h"
#include "http.h"
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
    case 504: return OSFT_CAUSE_BUSY; /* a retry would get 501 or 505 again */
    default: return OSFT_CAUSE_OTHER;
    }
}

/* The smaller of count units in ms and what is heeded at most; 0 when there is no number. */
static uint32_t get_limited_ms(int64_t count, uint32_t unit_ms)
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
    uint32_t ms = get_limited_ms(count, unit_ms);

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
        uint32_t ms = get_limited_ms(parse_keep_alive(value, len), 1000);
        client->keep_alive_ms = ms != 0 && ms < client->keep_alive_ms ? ms : client->keep_alive_ms;
    }
    /* A date to wait for is told by the response's clock, whichever header comes first. */
    if (reply->date_s >= 0 && reply->retry_at_s >= 0) {
        note_retry_after(reply, reply->retry_at_s - reply->date_s, 1000);
    }
}

/* The device's clock, seconds. *is_ticks: 1 when that is only ticks_ms, because the time is not known. */
static int64_t get_device_time(const struct osft_client *client, int *is_ticks)
{
    const struct osft_port *port = client->settings->port;
    int64_t now = port->utc_s(port->ctx);

    *is_ticks = now < 0;
    return now < 0 ? (int64_t)(port->ticks_ms(port->ctx) / 1000) : now;
}

/* The time to sign with: the service's, as far as it is known. */
static int64_t choose_signing_time(struct osft_client *client)
{
    char date[OSFT_DATE_LENGTH];
    int is_ticks;
    int64_t now = get_device_time(client, &is_ticks);
    /* Unsigned, as a port's clock may say anything. */
    int64_t corrected = (int64_t)((uint64_t)now + (uint64_t)client->clock_offset_s);

    if (client->clock_offset_s != 0 && client->offset_is_from_ticks == is_ticks &&
        osft_format_date(corrected, date) == OSFT_OK) {
        return corrected;
    }
    /* The clock has been set since the offset was learned, or none was. While the time is not known, a
     * request of 1970 is refused, and the refusal tells the time. */
    client->clock_offset_s = 0;
    return is_ticks ? 0 : now;
}

int osft_prepare_attempt(struct osft_client *client)
{
    const struct osft_settings *settings = client->settings;
    const struct osft_port *port = settings->port;
    int is_expired = client->token_has_expired;
    uint32_t limit_ms;
    char byte;

    client->token_has_expired = 0;
    if (settings->renew != NULL && settings->renew(settings->renew_ctx, is_expired) < 0) {
        return OSFT_E_TOKEN;
    }
    if (port->ticks_ms == NULL) {
        return OSFT_OK; /* nothing can be timed: one attempt, on a connection of its own */
    }
    limit_ms = osft_time_left(&client->call, port);
    if (settings->retry->attempt_ms < limit_ms) {
        limit_ms = settings->retry->attempt_ms;
    }
    osft_start_deadline(&client->attempt, port, limit_ms);
    client->signed_s = choose_signing_time(client);
    /* A byte that has come since the last response would be taken for the next one. */
    if (client->is_open &&
        (osft_time_left(&client->idle, port) == 0 || port->recv(port->ctx, &byte, 1) != 0)) {
        osft_close_connection(client);
    }
    client->was_kept = client->is_open;
    client->http.may_stay_open = 1;
    client->keep_alive_ms = settings->idle_ms != 0 ? settings->idle_ms : IDLE_MS;
    return OSFT_OK;
}

/* The service has refused the date. Returns 1 when there is another time to sign with. */
static int learn_clock(struct osft_client *client)
{
    const struct osft_port *port = client->settings->port;
    int64_t date = client->reply.date_s, now;
    int is_ticks;

    if (date < 0 || client->clock_was_learned || date == client->signed_s) {
        return 0;
    }
    client->clock_was_learned = 1;
    now = get_device_time(client, &is_ticks);
    if (is_ticks && port->learn_utc != NULL) {
        port->learn_utc(port->ctx, date);
        now = get_device_time(client, &is_ticks);
        if (is_ticks) {
            return 0; /* the port rejects it: it has checked the certificate, and knows better */
        }
    }
    client->clock_offset_s = date - now;
    client->offset_is_from_ticks = (uint8_t)is_ticks;
    return 1;
}

/* The service says that something is wrong with the token. Returns OSFT_PENDING when another one can be
 * had, or else the result of the call. */
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

/* Start another attempt after a wait. Returns OSFT_PENDING, or the result that stands: when there is not
 * the time for the wait. */
static int schedule_attempt(struct osft_client *client, uint32_t wait_ms, int result)
{
    const struct osft_port *port = client->settings->port;

    if (wait_ms >= osft_time_left(&client->call, port)) {
        return result;
    }
    client->reply.last_error = result;
    client->state = wait_ms != 0 ? OSFT_PAUSING : OSFT_STARTING;
    osft_start_deadline(&client->attempt, port, wait_ms);
    return OSFT_PENDING;
}

/* Was the kept connection dead when the attempt began, as far as one can tell? Then the service has never
 * seen the request. Only the first attempt of a call can begin on a kept connection. */
static int should_reopen(const struct osft_client *client, int result)
{
    return client->was_kept && client->http.head_bytes == 0 &&
           (result == OSFT_E_IO || result == OSFT_E_CUT || result == OSFT_E_TIMEOUT);
}

static int is_network_error(int result)
{
    return result == OSFT_E_IO || result == OSFT_E_TIMEOUT || result == OSFT_E_RESOLVE ||
           result == OSFT_E_CUT;
}

static int is_service_error(int result)
{
    return result == OSFT_E_REFUSED || result == OSFT_E_HTML || result == OSFT_E_EMPTY;
}

/* Decide after a service error; returns as osft_end_attempt() does. */
static int plan_after_service_error(struct osft_client *client, int result)
{
    struct osft_reply *reply = &client->reply;
    enum osft_cause cause = osft_cause_of(reply);
    uint32_t wait_ms = 0;

    /* These two change something, and are followed by another attempt however few are allowed. */
    if (cause == OSFT_CAUSE_CLOCK) {
        return learn_clock(client) ? schedule_attempt(client, 0, result) : result;
    }
    if (cause == OSFT_CAUSE_TOKEN) {
        int planned = renew_token(client);
        return planned == OSFT_PENDING ? schedule_attempt(client, 0, result) : planned;
    }
    if (cause == OSFT_CAUSE_THROTTLED || cause == OSFT_CAUSE_BUSY) {
        wait_ms = get_backoff(client);
        wait_ms = wait_ms < reply->retry_after_ms ? reply->retry_after_ms : wait_ms;
    } else if (cause != OSFT_CAUSE_NONCE) {
        return result;
    }
    return reply->attempts < client->settings->retry->attempts
               ? schedule_attempt(client, wait_ms, result)
               : result;
}

/* May the connection serve another request? A service error ends it, because after a time was learned
 * the server's certificate must be judged anew. */
static int may_stay_open(const struct osft_client *client, int result)
{
    const struct osft_http *http = &client->http;

    return http->may_stay_open && !http->is_1_0 && http->state == OSFT_HTTP_COMPLETE &&
           (result > OSFT_E_IO || result == OSFT_E_BAD_TASK);
}

int osft_end_attempt(struct osft_client *client, int result)
{
    const struct osft_page *page = client->response.page;

    if (may_stay_open(client, result)) {
        osft_start_deadline(&client->idle, client->settings->port, client->keep_alive_ms);
    } else {
        osft_close_connection(client);
    }
    if (result == OSFT_OK || client->settings->port->ticks_ms == NULL) {
        return result;
    }
    if (should_reopen(client, result)) {
        int last_error = client->reply.last_error, planned = schedule_attempt(client, 0, result);

        if (planned == OSFT_PENDING) {
            client->reply.last_error = last_error;
            client->reply.reopened = 1;
            client->reply.attempts--;
        }
        return planned;
    }
    if (page->on_task != NULL && page->count + client->reply.left_out != 0 &&
        !client->drops_repeats) {
        return result; /* tasks and omissions would be told twice */
    }
    if (is_service_error(result)) {
        return plan_after_service_error(client, result);
    }
    if (is_network_error(result) && client->reply.attempts < client->settings->retry->attempts) {
        return schedule_attempt(client, get_backoff(client), result);
    }
    return result;
}
