/* SPDX-License-Identifier: Apache-2.0 */
/* The request is one template. Written as it is sent it is the head, written as it is signed it is
 * the canonical request, so the two cannot drift apart; and the canonical request goes straight into
 * the hash. The templates cost less flash than the calls that would do the same. */
#include <string.h>
#include "request.h"
#include "text.h"

/* What a template's control characters stand for. The texts, in the order of their structs: */
#define APP_GROUP "\001"
#define FUNCTION "\002"
#define INSTANCE "\003"
#define GENERATION "\004" /* with a slash before it, when there is one */
#define NONCE "\005"
#define DATE "\006"
#define ID "\007"
#define TOKEN "\010"
#define HOST "\011"
/* Query parameters: the name follows, up to its =; left out when there is no value. */
#define END_TIME "\020"
#define PAGE_NUMBER "\021"
#define PAGE_SIZE "\022"
#define START_TIME "\023"
#define STATUS "\024"
/* The rest. */
#define BEFORE_PATH "\025"
#define BEFORE_QUERY "\026"
#define IF_TOKEN "\030" /* this line is there only when there is a token */
#define ACTION "\032"
#define BODY_HASH "\033"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

OSFT_STATIC_ASSERT(offsetof(struct osft_query, generation) == 3 * sizeof(struct osft_span),
                   names_lie_in_order);
OSFT_STATIC_ASSERT(offsetof(struct osft_query, start_ms) ==
                       offsetof(struct osft_query, end_ms) + 3 * sizeof(int64_t),
                   numbers_lie_in_order);

/* How a template is written: as it is sent, as it is signed, or only the names of its lines. */
enum form { SENT, SIGNED, NAMES };

static const char start[] = "GET" BEFORE_PATH "/v4/openapi/app-groups/" APP_GROUP
                            "/functions/" FUNCTION "/instances/" INSTANCE "/tasks" GENERATION
                                BEFORE_QUERY END_TIME "endTime=" PAGE_NUMBER "pageNumber=" PAGE_SIZE
                            "pageSize=" START_TIME "startTime=" STATUS "status=";

/* Every signed header, in the order that the signature wants. */
static const char headers[] = "host:" HOST "\n" IF_TOKEN "x-acs-accesskey-id:" ID "\n"
                              "x-acs-action:" ACTION "\n"
                              "x-acs-content-sha256:" BODY_HASH "\n"
                              "x-acs-date:" DATE "\n" IF_TOKEN "x-acs-security-token:" TOKEN "\n"
                              "x-acs-signature-nonce:" NONCE "\n"
                              "x-acs-version:2017-12-25\n";

static void put(struct osft_text *t, const char *src, size_t len)
{
    if (t->sha256 != NULL) {
        if (t->sha256->update(t->sha256->ctx, src, len) != 0) {
            t->error = OSFT_E_HASH;
        }
    } else if (t->len < t->size && len <= t->size - t->len) {
        memcpy(t->mem + t->len, src, len);
    }
    t->len += len;
}

static void put_text(struct osft_text *t, const char *s)
{
    put(t, s, strlen(s));
}

static int is_unreserved(unsigned char b)
{
    unsigned char letter = b | 0x20;
    return (b >= '0' && b <= '9') || (letter >= 'a' && letter <= 'z') || b == '-' || b == '.' ||
           b == '_' || b == '~';
}

static void put_encoded(struct osft_text *t, const struct osft_span *s)
{
    size_t i;
    for (i = 0; i < s->len; i++) {
        char code[3];
        code[0] = s->ptr[i];
        if (is_unreserved((unsigned char)code[0])) {
            put(t, code, 1);
            continue;
        }
        code[1] = code[0];
        osft_to_hex(code + 1, 1, 'A');
        code[0] = '%';
        put(t, code, 3);
    }
}

/* White space and controls have no place in a header value; CR, LF or NUL would end its line. */
static void put_value(struct osft_text *t, const char *s, size_t len, char code)
{
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b <= ' ' || b == 0x7f) {
            t->error = OSFT_E_ARG;
            t->bad = code;
        }
    }
    put(t, s, len);
}

static void put_number(struct osft_text *t, int64_t value)
{
    char digits[20];
    unsigned at = sizeof(digits);
    uint64_t v = (uint64_t)value;

    if (value < 0) {
        put(t, "-", 1);
        v = 0 - v;
    }
    do {
        /* v / 10, bit by bit: a division would link a library routine. */
        unsigned rest = 0, bit;
        for (bit = 0; bit < 64; bit++) {
            rest = rest << 1 | (unsigned)(v >> 63);
            v <<= 1;
            if (rest >= 10) {
                rest -= 10;
                v |= 1;
            }
        }
        digits[--at] = (char)('0' + rest);
    } while (v != 0);
    put(t, digits + at, sizeof(digits) - at);
}

static void put_host(struct osft_text *t, const struct osft_settings *set)
{
    uint16_t standard = set->plain_http ? 80 : 443;
    size_t n, v6 = 0;

    for (n = 0; set->host[n] != 0; n++) {
        v6 |= set->host[n] == ':';
    }
    put(t, "[", v6);
    put_value(t, set->host, n, HOST[0]);
    put(t, "]", v6);
    if (set->tcp_port != 0 && set->tcp_port != standard) {
        put(t, ":", 1);
        put_number(t, set->tcp_port);
    }
}

static void put_span(struct osft_text *t, const struct osft_request *r, char code)
{
    const char *from = (const char *)r->query;
    int index = code - APP_GROUP[0];
    struct osft_span s;

    if (code >= ID[0]) {
        from = (const char *)r->set->credentials;
        index = code == ID[0] ? 0 : 2;
    } else if (code >= NONCE[0]) {
        from = (const char *)&r->nonce;
        index = code - NONCE[0];
    }
    memcpy(&s, from + (size_t)index * sizeof(s), sizeof(s));
    if (s.len == 0 && (code < GENERATION[0] || code == ID[0])) {
        t->error = OSFT_E_ARG;
        t->bad = code;
    }
    if (code > GENERATION[0]) {
        put_value(t, s.ptr, s.len, code);
    } else if (s.ptr != NULL) {
        put(t, "/", code == GENERATION[0]);
        put_encoded(t, &s);
    }
}

/* Returns the end of the parameter's name, with which p goes on. */
static const char *put_parameter(struct osft_text *t, const struct osft_query *q, const char *p,
                                 char *separator)
{
    int index = *p - END_TIME[0];
    int is_number = *p != STATUS[0];
    int is_there = q->status.ptr != NULL;
    const char *name = p + 1;
    int64_t value = 0;

    while (*p != '=') {
        p++;
    }
    if (is_number) {
        memcpy(&value, (const char *)q + offsetof(struct osft_query, end_ms) + 8 * index, 8);
        is_there = value != 0 || (q->zero >> index & 1);
    }
    if (!is_there || q->generation.ptr != NULL) {
        return p;
    }
    put(t, separator, *separator != 0);
    *separator = '&';
    put(t, name, (size_t)(p + 1 - name));
    if (is_number) {
        put_number(t, value);
    } else {
        put_encoded(t, &q->status);
    }
    return p;
}

static void put_template(struct osft_text *t, const struct osft_request *r, const char *p,
                         enum form form)
{
    char separator = form == SENT ? '?' : 0;
    const char *action = r->query->generation.ptr != NULL ? "GetFunctionTask" : "ListFunctionTasks";

    for (; *p != 0; p++) {
        char code = *p;
        if ((code == ':' && form == NAMES) ||
            (code == IF_TOKEN[0] && r->set->credentials->token.len == 0)) {
            while (*p != '\n') {
                p++;
            }
            put(t, ";", code == ':' && p[1] != 0);
        } else if (code == '\n' && form == SENT) {
            put(t, "\r\n", 2);
        } else if (code == '\n' || code >= ' ') {
            put(t, p, 1);
            put(t, " ", code == ':' && form == SENT);
        } else if (code <= TOKEN[0]) {
            put_span(t, r, code);
        } else if (code == HOST[0]) {
            put_host(t, r->set);
        } else if (code <= STATUS[0]) {
            p = put_parameter(t, r->query, p, &separator);
        } else if (code <= BEFORE_QUERY[0]) {
            put(t, form == SENT ? " " : "\n", form == SIGNED || code == BEFORE_PATH[0]);
        } else if (code != IF_TOKEN[0]) {
            put_text(t, code == ACTION[0] ? action : EMPTY_SHA256);
        }
    }
}

void osft_canonical(const struct osft_request *r, struct osft_text *t)
{
    put_template(t, r, start, SIGNED);
    put(t, "\n", 1);
    put_template(t, r, headers, SIGNED);
    put(t, "\n", 1);
    put_template(t, r, headers, NAMES);
    put_template(t, r, "\n" BODY_HASH, SIGNED);
}

int osft_request_build(const struct osft_request *r, char *mem, size_t size, size_t *need,
                       const char **bad)
{
    static const char names[] = "app_group\0function\0instance\0generation\0nonce\0date\0id\0token\0host";
    struct osft_text t = { NULL, 0, 0, NULL, 0, 0 };
    size_t signature;

    t.mem = mem;
    t.size = size;
    put_template(&t, r, start, SENT);
    put_template(&t, r, " HTTP/1.1\n", SENT);
    put_template(&t, r, headers, SENT);
    put_template(&t, r,
                 "user-agent:osft/" OSFT_VERSION "\naccept:application/json\n"
                 "accept-encoding:identity\nconnection:close\n"
                 "authorization:ACS3-HMAC-SHA256 Credential=" ID ",SignedHeaders=",
                 SENT);
    put_template(&t, r, headers, NAMES);
    put_template(&t, r, ",Signature=", SENT);
    signature = t.len;
    t.len += 64;
    put_template(&t, r, "\n\n", SENT);
    *need = t.len;
    if (t.error != 0) {
        *bad = osft_nth(names, (unsigned)t.bad - 1);
        return t.error;
    }
    return t.len <= size ? osft_sign(r, mem + signature) : OSFT_E_SPACE;
}

uint16_t osft_tcp_port(const struct osft_settings *set)
{
    return set->tcp_port != 0 ? set->tcp_port : set->plain_http ? 80 : 443;
}
