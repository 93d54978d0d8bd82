/* SPDX-License-Identifier: Apache-2.0 */
/* Decides which failures are retried and when, keeps connections, and reads the service's codes.
 * Linked only when a program names a struct osft_retry. */
#include <string.h>
#include "calendar.h"
#include "deadline.h"
#include "exchange.h"
#include "http.h"
#include "text.h"

#define IDLE_MS 50000 /* the default of settings.idle_ms */

const struct osft_retry osft_retry_default = OSFT_RETRY(4, 10000, 500, 20000);

/* The shortest prefixes that distinguish the service's codes, and the cause that each code names.
 * Whole codes are InvalidTimeStamp.Expired, InternalError, ServiceUnavailable or
 * Throttling.User. */
#define CODES(CODE)                          \
    CODE("InvalidTime", OSFT_CAUSE_CLOCK)    \
    CODE("IllegalTime", OSFT_CAUSE_CLOCK)    \
    CODE("SignatureN", OSFT_CAUSE_NONCE)     \
    CODE("SignatureD", OSFT_CAUSE_SIGNATURE) \
    CODE("Incomplete", OSFT_CAUSE_SIGNATURE) \
    CODE("InvalidAccess", OSFT_CAUSE_KEY)    \
    CODE("InvalidSec", OSFT_CAUSE_TOKEN)     \
    CODE("Throttling", OSFT_CAUSE_THROTTLED) \
    CODE("ServiceUn", OSFT_CAUSE_BUSY)       \
    CODE("Internal", OSFT_CAUSE_BUSY)        \
    CODE("Forbidden", OSFT_CAUSE_DENIED)     \
    CODE("NoPerm", OSFT_CAUSE_DENIED)
#define PREFIX_OF(prefix, cause) prefix "\0"
#define CAUSE_OF(prefix, cause)  cause,
static const char code_prefixes[] = CODES(PREFIX_OF);
static const uint8_t code_causes[] = { CODES(CAUSE_OF) };

/* The causes of HTTP statuses, for responses whose code is unknown. 501 and 505 are left out,
 * because a retry would get the same status again. */
static const struct {
    uint8_t status; /* minus 400 */
    uint8_t cause;
} status_causes[] = {
    { 3, OSFT_CAUSE_DENIED }, { 4, OSFT_CAUSE_NOT_FOUND }, { 29, OSFT_CAUSE_THROTTLED },
    { 100, OSFT_CAUSE_BUSY }, { 102, OSFT_CAUSE_BUSY },    { 103, OSFT_CAUSE_BUSY },
    { 104, OSFT_CAUSE_BUSY },
};

#define ENDING_LENGTH 8 /* of each ending that ends_with() compares */

static int ends_with(const struct osft_span *text, const char *ending)
{
    return text->len >= ENDING_LENGTH &&
           memcmp(text->ptr + text->len - ENDING_LENGTH, ending, ENDING_LENGTH) == 0;
}

enum osft_cause osft_cause_of(const struct osft_reply *reply)
{
    const struct osft_span *code = &reply->code;
    const char *prefix = code_prefixes;
    unsigned i;

    for (i = 0; i < sizeof(code_causes); i++) {
        size_t len = strlen(prefix);
        if (code->len >= len && memcmp(code->ptr, prefix, len) == 0) {
            return (enum osft_cause)code_causes[i];
        }
        prefix += len + 1;
    }
    if (ends_with(code, "NotExist") || ends_with(code, "NotFound")) {
        return OSFT_CAUSE_NOT_FOUND;
    }
    for (i = 0; i < sizeof(status_causes) / sizeof(status_causes[0]); i++) {
        if (reply->http_status == 400 + status_causes[i].status) {
            return (enum osft_cause)status_causes[i].cause;
        }
    }
    return OSFT_CAUSE_OTHER;
}

/* Return `count` units in ms, at most OSFT_RETRY_AFTER_MAX_MS; 0 when count is negative, which
 * means that the header had no number. */
static uint32_t get_limited_ms(int64_t count, uint32_t unit_ms)
{
    if (count < 0) {
        return 0;
    }
    return count < OSFT_RETRY_AFTER_MAX_MS / unit_ms ? (uint32_t)count * unit_ms
                                                     : OSFT_RETRY_AFTER_MAX_MS;
}

/* Find a word in a value, and return where the value goes on behind the word; NULL when the value
 * does not contain it. word: in lower case. */
static const char *find_word_end(const char *value, const char *end, const char *word)
{
    size_t len = strlen(word);

    for (; (size_t)(end - value) >= len; value++) {
        if (osft_is_equal_ignoring_case(value, len, word)) {
            return value + len;
        }
    }
    return NULL;
}

/* Return the number of seconds behind "timeout=" in a Keep-Alive header; -1: there is none. */
static int64_t parse_keep_alive(const char *value, const char *end)
{
    const char *digits = find_word_end(value, end, "timeout=");
    const char *digits_end = digits;

    if (digits == NULL) {
        return -1;
    }
    while (digits_end < end && *digits_end >= '0' && *digits_end <= '9') {
        digits_end++;
    }
    return osft_parse_integer(digits, (size_t)(digits_end - digits));
}

/* The headers that read_header() knows. */
enum header { DATE, RETRY_AFTER, RETRY_AFTER_MS, CONNECTION, KEEP_ALIVE, OTHER };
static const char header_names[] = "date\0retry-after\0x-acs-retry-after\0connection\0keep-alive\0";

static enum header find_header(const char *name, size_t name_length)
{
    const char *candidate = header_names;
    unsigned header = DATE;

    while (header != OTHER && !osft_is_equal_ignoring_case(name, name_length, candidate)) {
        candidate += strlen(candidate) + 1;
        header++;
    }
    return (enum header)header;
}

/* Read a header that tells how long to wait: Retry-After, x-acs-retry-after, or Date, which a date
 * in Retry-After is compared with. */
static void read_wait_header(struct osft_reply *reply, enum header header, const char *value,
                             size_t len)
{
    int64_t count = header != DATE ? osft_parse_integer(value, len) : -1;
    uint32_t ms;

    if (header != RETRY_AFTER_MS) {
        int64_t *date = header == DATE ? &reply->date_s : &reply->retry_at_s;
        *date = osft_parse_http_date(value, len);
        /* A date to wait for is compared with the response's Date, whichever of the two headers
         * comes first. */
        if (reply->date_s >= 0 && reply->retry_at_s >= 0) {
            count = reply->retry_at_s - reply->date_s;
        }
    }
    ms = get_limited_ms(count, header == RETRY_AFTER_MS ? 1 : 1000);
    if (reply->retry_after_ms < ms) {
        reply->retry_after_ms = reply->retry_wait_ms = ms;
    }
}

void osft_read_retry_header(struct osft_client *client, size_t name_length, const char *value,
                            size_t len)
{
    enum header header = find_header(client->response.buffer, name_length);
    int64_t seconds;

    switch (header) {
    case CONNECTION:
        if (find_word_end(value, value + len, "close") != NULL) {
            client->http.may_stay_open = 0;
        }
        break;
    case KEEP_ALIVE:
        seconds = parse_keep_alive(value, value + len);
        if (seconds >= 0 && seconds <= client->keep_alive_ms / 1000) {
            client->keep_alive_ms = (uint32_t)seconds * 1000;
        }
        break;
    case OTHER: break;
    default: read_wait_header(&client->reply, header, value, len); break;
    }
}

/* Return the device's clock in seconds. Sets *is_ticks to 1 when the clock is only ticks_ms,
 * because the time is not known. */
static int64_t get_device_time(const struct osft_client *client, int *is_ticks)
{
    const struct osft_port *port = client->settings->port;
    int64_t now = port->utc_s(port->ctx);

    *is_ticks = now < 0;
    return now < 0 ? (int64_t)(port->ticks_ms(port->ctx) / 1000) : now;
}

/* Return the time to sign with: the service's time, if it is known. */
static int64_t choose_signing_time(struct osft_client *client)
{
    char date[OSFT_DATE_LENGTH];
    int is_ticks;
    int64_t now = get_device_time(client, &is_ticks);
    /* Unsigned, because a port's clock may return any number. */
    int64_t corrected = (int64_t)((uint64_t)now + (uint64_t)client->clock_offset_s);

    if (client->clock_offset_s != 0 && client->offset_is_from_ticks == is_ticks &&
        osft_format_date(corrected, date) == OSFT_OK) {
        return corrected;
    }
    /* Either no offset was learned, or the device's clock was set since, so that the offset is
     * wrong. While the time is unknown, the request is signed with 1970; the service refuses the
     * request, and its response tells the time. */
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
        return OSFT_OK; /* without a clock: one attempt, on a connection of its own */
    }
    limit_ms = osft_time_left(&client->call, port);
    if (settings->retry->attempt_ms < limit_ms) {
        limit_ms = settings->retry->attempt_ms;
    }
    osft_start_deadline(&client->attempt, port, limit_ms);
    client->signed_s = choose_signing_time(client);
    /* A byte that has come since the last response would be read as a part of the next response. */
    if (client->is_open &&
        (osft_time_left(&client->idle, port) == 0 || port->recv(port->ctx, &byte, 1) != 0)) {
        osft_close_connection(client);
    }
    client->was_kept = client->is_open;
    client->http.may_stay_open = 1;
    client->keep_alive_ms = settings->idle_ms != 0 ? settings->idle_ms : IDLE_MS;
    return OSFT_OK;
}

/* Learn the time from a response that refused the request's date. Returns 1 when there is another
 * time to sign with. */
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
            return 0; /* the port has rejected the time, for example because the certificate was not
                       * valid then */
        }
    }
    client->clock_offset_s = date - now;
    client->offset_is_from_ticks = (uint8_t)is_ticks;
    return 1;
}

/* Prepare to renew the token that the service refused. Returns OSFT_PENDING when the token can be
 * renewed, and otherwise the result of the call. */
static int renew_token(struct osft_client *client)
{
    if (!ends_with(&client->reply.code, ".Expired")) {
        return OSFT_E_REFUSED; /* the token does not belong to this AccessKey, which renewing does
                                * not change */
    }
    if (client->settings->renew == NULL || client->token_was_renewed) {
        return OSFT_E_TOKEN;
    }
    client->token_was_renewed = client->token_has_expired = 1;
    return OSFT_PENDING;
}

/* Return a random wait ("full jitter") of up to a limit that doubles with each failure; ms. */
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

/* Start another attempt after a wait. Returns OSFT_PENDING; or `result`, when the call's time does
 * not suffice for the wait. */
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

/* Repeat the attempt on a new connection, because the kept connection was dead; the repeated
 * attempt does not count. Returns as schedule_attempt() does. */
static int reopen_connection(struct osft_client *client, int result)
{
    if (osft_time_left(&client->call, client->settings->port) == 0) {
        return result;
    }
    client->reply.reopened = 1;
    client->reply.attempts--;
    client->state = OSFT_STARTING;
    return OSFT_PENDING;
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

/* Decide whether a failure is followed by another attempt. Returns as osft_end_attempt() does. */
static int plan_attempt(struct osft_client *client, enum osft_cause cause, int result)
{
    struct osft_reply *reply = &client->reply;
    uint32_t wait_ms = 0;
    int planned;

    switch (cause) {
    /* A corrected clock and a renewed token change the next request, so another attempt follows
     * even when retry->attempts is used up. */
    case OSFT_CAUSE_CLOCK: planned = learn_clock(client) ? OSFT_PENDING : result; break;
    case OSFT_CAUSE_TOKEN: planned = renew_token(client); break;
    case OSFT_CAUSE_THROTTLED:
    case OSFT_CAUSE_BUSY:
        /* Clients that were refused together wait equally long for Retry-After. The random time of
         * the back-off, which is added, lets them return at different times. */
        wait_ms = reply->retry_wait_ms += get_backoff(client);
        /* fall through */
    case OSFT_CAUSE_NONCE:
        planned = reply->attempts < client->settings->retry->attempts ? OSFT_PENDING : result;
        break;
    default: return result;
    }
    if (planned != OSFT_PENDING) {
        return planned;
    }
    return schedule_attempt(client, wait_ms, result);
}

/* Whether the connection may serve another request. A service error ends the connection, because
 * the server's certificate must be checked again after a time was learned. */
static int may_stay_open(const struct osft_client *client, int result)
{
    const struct osft_http *http = &client->http;

    return http->may_stay_open && client->keep_alive_ms != 0 && !http->is_1_0 &&
           http->state == OSFT_HTTP_COMPLETE && (result > OSFT_E_IO || result == OSFT_E_BAD_TASK);
}

int osft_end_attempt(struct osft_client *client, int result)
{
    const struct osft_page *page = client->response.page;
    enum osft_cause cause;

    osft_start_deadline(&client->idle, client->settings->port, client->keep_alive_ms);
    if (!may_stay_open(client, result)) {
        osft_close_connection(client);
    }
    if (client->settings->port->ticks_ms == NULL) {
        return result;
    }
    if (page->on_task != NULL && page->count + client->reply.left_out != 0 &&
        !client->drops_repeats) {
        return result; /* on_task would be given tasks and omissions twice */
    }
    if (is_network_error(result)) {
        /* After a network error on a kept connection before any byte of a response, the connection
         * was probably dead, and the service has not seen the request. Connecting anew is no new
         * attempt, and happens at most once a call, because later attempts never begin on a kept
         * connection. */
        if (client->was_kept && client->http.head_bytes == 0) {
            return reopen_connection(client, result);
        }
        cause = OSFT_CAUSE_BUSY;
    } else if (is_service_error(result)) {
        cause = osft_cause_of(&client->reply);
    } else {
        return result;
    }
    return plan_attempt(client, cause, result);
}
