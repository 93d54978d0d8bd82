/* SPDX-License-Identifier: Apache-2.0 */
/* The request is one template, which costs less flash than the calls that would do the same. It is
 * written once, byte by byte, to the request, to the hash of the canonical request, or to both, so
 * that what is sent and what is signed cannot differ, and the latter is never stored. */
#include <string.h>
#include "grammar.h"
#include "request.h"
#include "text.h"

/* What a template's control characters stand for. */
#define SENT        "\001" /* what follows is sent, signed, or both */
#define SIGNED      "\002"
#define BOTH        "\003"
#define END_TIME    "\004" /* query parameters: the name follows, up to its = */
#define PAGE_NUMBER "\005"
#define PAGE_SIZE   "\006"
#define START_TIME  "\007"
#define STATUS      "\010"
#define ARG         14 /* and on: osft_arg */
#define APP_GROUP   "\016"
#define FUNCTION    "\017"
#define INSTANCE    "\020"
#define GENERATION  "\021" /* and a slash, when there is one */
#define ID          "\023"
#define TOKEN       "\025"
#define NONCE       "\026"
#define DATE        "\027"
#define HOST        "\030"
#define PORT        "\031" /* and a colon, when it is not the scheme's own */
#define IF_TOKEN    "\032" /* the line is there only when there is a token */
#define NAMES       "\033" /* of the signed headers */
#define SIGNATURE   "\034"
/* Texts that never change. */
#define ACTION      "\035"
#define BODY_HASH   "\036"
#define ALGORITHM   "\037"

OSFT_STATIC_ASSERT(offsetof(struct osft_query, start_ms) ==
                       offsetof(struct osft_query, end_ms) + 3 * sizeof(int64_t),
                   numbers_must_lie_in_order);
OSFT_STATIC_ASSERT(offsetof(struct osft_query, status) ==
                       OSFT_ARG_STATUS * sizeof(struct osft_span),
                   names_must_lie_in_order);
OSFT_STATIC_ASSERT(sizeof(struct osft_credentials) == 3 * sizeof(struct osft_span) &&
                       offsetof(struct osft_request, date) ==
                           offsetof(struct osft_request, nonce) + sizeof(struct osft_span) &&
                       offsetof(struct osft_request, host) ==
                           offsetof(struct osft_request, date) + sizeof(struct osft_span),
                   texts_must_lie_in_order);

/* The signed headers stand in the order that the signature wants. */
#define TARGET                                                                                     \
    BOTH "GET " SIGNED "\n" BOTH "/v4/openapi/app-groups/" APP_GROUP "/functions/" FUNCTION        \
         "/instances/" INSTANCE "/tasks" GENERATION SIGNED "\n" BOTH END_TIME                      \
         "endTime=" PAGE_NUMBER "pageNumber=" PAGE_SIZE "pageSize=" START_TIME "startTime=" STATUS \
         "status=" SENT " HTTP/1.1" BOTH "\r\n"
static const char template[] = TARGET
    "host: " HOST PORT "\r\n" IF_TOKEN "x-acs-accesskey-id: " ID "\r\nx-acs-action: " ACTION
    "\r\nx-acs-content-sha256: " BODY_HASH "\r\nx-acs-date: " DATE "\r\n" IF_TOKEN
    "x-acs-security-token: " TOKEN "\r\nx-acs-signature-nonce: " NONCE
    "\r\nx-acs-version: 2017-12-25\r\n" SIGNED "\n" SENT "user-agent: osft/" OSFT_VERSION
    "\r\naccept: application/json\r\nauthorization: " ALGORITHM " Credential=" ID
    ",SignedHeaders=" BOTH NAMES SIGNED "\n" BODY_HASH SENT ",Signature=" SIGNATURE "\r\n\r\n";

/* The body's hash is SHA-256 of nothing. */
static const char texts[] = "GetFunctionTask\0"
                            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\0"
                            "ACS3-HMAC-SHA256\0"
                            "ListFunctionTasks";
#define ALGORITHM_LEN 16
static const char upper_hex[] = "0123456789ABCDEF";

static void put(struct osft_request *r, char b)
{
    const struct osft_sha256 *sha = r->set->sha256;

    if (r->to & (unsigned char)SENT[0]) {
        if (r->len < r->size) {
            r->mem[r->len] = b;
        }
        r->len++;
    }
    /* No value holds a space or CR: those that are sent stand around values, and are not signed. */
    if ((r->to & (unsigned char)SIGNED[0]) && b != ' ' && b != '\r' &&
        sha->update(sha->ctx, &b, 1) != 0) {
        r->error = OSFT_E_HASH;
    }
}

static void put_text(struct osft_request *r, const char *s)
{
    while (*s != 0) {
        put(r, *s++);
    }
}

/* The first four args and status are percent-encoded; the others stand in headers. */
static void put_span(struct osft_request *r, const struct osft_span *s, unsigned arg)
{
    static const struct osft_range unreserved[] = { { '0', '9', 1 }, { 'A', 'Z', 1 },
                                                    { 'a', 'z', 1 }, { '-', '.', 1 },
                                                    { '_', '_', 1 }, { '~', '~', 1 | OSFT_LAST } };
    static const unsigned needed = 1U << OSFT_ARG_APP_GROUP | 1U << OSFT_ARG_FUNCTION |
                                   1U << OSFT_ARG_INSTANCE | 1U << OSFT_ARG_ID |
                                   1U << OSFT_ARG_HOST;
    unsigned bad = s->len == 0 ? needed >> arg & 1 : 0;
    size_t i;

    for (i = 0; i < s->len; i++) {
        unsigned char b = (unsigned char)s->ptr[i];
        if (arg > OSFT_ARG_STATUS) {
            /* White space and controls have no place in a header; CR, LF, NUL would end the line. */
            bad |= b <= ' ' || b == 0x7f;
        } else if (osft_next(unreserved, b) < 0) {
            put(r, '%');
            put(r, upper_hex[b >> 4]);
            b = (unsigned char)upper_hex[b & 15];
        }
        put(r, (char)b);
    }
    if (bad) {
        r->error = OSFT_E_ARG;
        r->bad = (uint8_t)arg;
    }
}

static void put_number(struct osft_request *r, int64_t value)
{
    char digits[20];
    unsigned n = 0;
    uint64_t v = (uint64_t)value;

    if (value < 0) {
        put(r, '-');
        v = 0 - v;
    }
    do {
        digits[n++] = (char)('0' + osft_divide(&v, 10));
    } while (v != 0);
    while (n > 0) {
        put(r, digits[--n]);
    }
}

static uint16_t scheme_port(const struct osft_settings *set)
{
    return set->plain_http ? 80 : 443;
}

uint16_t osft_tcp_port(const struct osft_settings *set)
{
    return set->tcp_port != 0 ? set->tcp_port : scheme_port(set);
}

static void put_port(struct osft_request *r)
{
    const struct osft_settings *set = r->set;

    if (osft_tcp_port(set) != scheme_port(set)) {
        put(r, ':');
        put_number(r, set->tcp_port);
    }
}

/* Up to the next LF. */
static const char *skip_line(const char *p)
{
    while (*p != '\n') {
        p++;
    }
    return p;
}

static void put_names(struct osft_request *r)
{
    const char *p;

    for (p = template + sizeof(TARGET) - 1;; p++) {
        if (*p == IF_TOKEN[0]) {
            if (r->set->credentials->token.len == 0) {
                p = skip_line(p);
            }
        } else if (*p == ':') {
            p = skip_line(p);
            if (p[1] == SIGNED[0]) {
                return;
            }
            put(r, ';');
        } else {
            put(r, *p);
        }
    }
}

/* The structs' texts lie in a row, as asserted above. */
static void put_arg(struct osft_request *r, unsigned arg)
{
    const void *row = &r->nonce;
    unsigned at = arg - OSFT_ARG_NONCE;
    struct osft_span s;

    if (arg <= OSFT_ARG_STATUS) {
        row = r->query;
        at = arg;
    } else if (arg <= OSFT_ARG_TOKEN) {
        row = r->set->credentials;
        at = arg - OSFT_ARG_ID;
    }
    memcpy(&s, (const char *)row + at * sizeof(s), sizeof(s));
    if (arg == OSFT_ARG_GENERATION) {
        if (s.ptr == NULL) {
            return;
        }
        put(r, '/');
    }
    put_span(r, &s, arg);
}

/* Whether this query parameter is to be sent, and its value when it is a number. */
static int is_given(const struct osft_query *q, unsigned parameter, int64_t *value)
{
    const char *numbers = (const char *)q + offsetof(struct osft_query, end_ms);

    if (parameter == 4) {
        return q->status.ptr != NULL;
    }
    memcpy(value, numbers + 8 * parameter, 8);
    return *value != 0 || (q->zero >> parameter & 1);
}

/* Returns where the template goes on. */
static const char *put_parameter(struct osft_request *r, const char *p)
{
    unsigned parameter = (unsigned)(*p - END_TIME[0]);
    int64_t value = 0;
    int given = r->query->generation.ptr == NULL && is_given(r->query, parameter, &value);

    if (given) {
        if (r->separator == '?') {
            r->to = (unsigned char)SENT[0];
        }
        put(r, r->separator);
        r->separator = '&';
        r->to = (unsigned char)BOTH[0];
    }
    do {
        p++;
        if (given) {
            put(r, *p);
        }
    } while (*p != '=');
    if (given && parameter == 4) {
        put_arg(r, OSFT_ARG_STATUS);
    } else if (given) {
        put_number(r, value);
    }
    return p;
}

static void put_code(struct osft_request *r, char code)
{
    if (code >= ACTION[0]) {
        int is_list = code == ACTION[0] && r->query->generation.ptr == NULL;
        put_text(r, osft_nth(texts, is_list ? 3 : (unsigned)(code - ACTION[0])));
    } else if (code == NAMES[0]) {
        put_names(r);
    } else if (code == SIGNATURE[0]) {
        r->signature = r->len;
        r->len += 64;
    } else if (code == PORT[0]) {
        put_port(r);
    } else {
        put_arg(r, (unsigned)code - ARG);
    }
}

static void put_template(struct osft_request *r)
{
    const char *p;
    for (p = template; *p != 0; p++) {
        char code = *p;
        if (code >= ' ' || code == '\n' || code == '\r') {
            put(r, code);
        } else if (code <= BOTH[0]) {
            r->to = (uint8_t)code;
        } else if (code <= STATUS[0]) {
            p = put_parameter(r, p);
        } else if (code != IF_TOKEN[0]) {
            put_code(r, code);
        } else if (r->set->credentials->token.len == 0) {
            p = skip_line(p);
        }
    }
}

void osft_to_hex(char *hex, size_t bytes)
{
    size_t i;
    for (i = 2 * bytes; i-- > 0;) { /* from the back, as the bytes lie in the first half */
        hex[i] = (char)(upper_hex[(uint8_t)hex[i >> 1] >> (i & 1 ? 0 : 4) & 15] | 0x20);
    }
}

void osft_wipe(void *mem, size_t n)
{
    volatile uint8_t *p = mem;
    while (n-- > 0) {
        *p++ = 0;
    }
}

int osft_request_build(struct osft_request *r)
{
    const struct osft_sha256 *sha = r->set->sha256;
    const struct osft_span *secret = &r->set->credentials->secret;
    char text[ALGORITHM_LEN + 1 + 64], *digest = text + ALGORITHM_LEN + 1, *mac;
    int err = sha->start(sha->ctx);

    r->separator = '?';
    r->len = 0;
    r->error = 0;
    r->bad = 0;
    r->host.ptr = r->set->host;
    r->host.len = r->host.ptr != NULL ? strlen(r->host.ptr) : 0;
    put_template(r);
    err |= sha->finish(sha->ctx, (uint8_t *)digest);
    if (r->error != 0) {
        return r->error;
    }
    if (r->len > r->size) {
        return OSFT_E_SPACE;
    }
    osft_to_hex(digest, 32);
    memcpy(text, osft_nth(texts, 2), ALGORITHM_LEN);
    text[ALGORITHM_LEN] = '\n';
    mac = r->mem + r->signature;
    err |= sha->hmac(sha->ctx, secret->ptr, secret->len, text, sizeof(text), (uint8_t *)mac);
    osft_to_hex(mac, 32);
    return err != 0 ? OSFT_E_HASH : OSFT_OK;
}
