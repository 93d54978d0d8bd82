/* SPDX-License-Identifier: Apache-2.0 */
/* The request is described once, as texts put into a sink: the canonical request goes into the hash
 * and the head into the work buffer by the same functions, so the two cannot drift apart. */
#include <string.h>
#include "request.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

void osft_put(struct osft_text *t, const void *src, size_t len)
{
    if (t->sha256 != NULL) {
        if (t->sha256->update(t->sha256->ctx, src, len) != 0) {
            t->error = OSFT_E_HASH;
        }
    } else if (t->len <= t->size && len <= t->size - t->len && len > 0) {
        memcpy(t->mem + t->len, src, len);
    }
    t->len += len;
}

static void put_text(struct osft_text *t, const char *s)
{
    osft_put(t, s, strlen(s));
}

static int is_unreserved(unsigned char b)
{
    return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b == '-' || b == '.' ||
           b == '_' || b == '~';
}

static void put_encoded(struct osft_text *t, const struct osft_span *s)
{
    size_t i;
    for (i = 0; i < s->len; i++) {
        unsigned char b = (unsigned char)s->ptr[i];
        char hex[3];
        hex[0] = '%';
        hex[1] = "0123456789ABCDEF"[b >> 4];
        hex[2] = "0123456789ABCDEF"[b & 15];
        if (is_unreserved(b)) {
            osft_put(t, s->ptr + i, 1);
        } else {
            osft_put(t, hex, 3);
        }
    }
}

/* Decimal digits by doubling: one pass a bit, no division (which would link a library routine). */
static void put_number(struct osft_text *t, int64_t value)
{
    char digits[20];
    uint64_t v = (uint64_t)value;
    size_t i;
    int bit;

    if (value < 0) {
        osft_put(t, "-", 1);
        v = 0 - v;
    }
    memset(digits, 0, sizeof(digits));
    for (bit = 0; bit < 64; bit++) {
        int carry = (int)(v >> 63);
        v <<= 1;
        for (i = sizeof(digits); i-- > 0;) {
            int d = digits[i] * 2 + carry;
            carry = d >= 10;
            digits[i] = (char)(carry ? d - 10 : d);
        }
    }
    for (i = 0; i < sizeof(digits) - 1 && digits[i] == 0;) {
        i++;
    }
    for (; i < sizeof(digits); i++) {
        digits[i] = (char)(digits[i] + '0');
        osft_put(t, digits + i, 1);
    }
}

/* What a template's control characters stand for. */
#define APP "\001"
#define FUNCTION "\002"
#define INSTANCE "\003"
#define GENERATION "\004"
#define ID "\005"
#define TOKEN "\006"
#define NONCE "\007"
#define DATE "\016"
#define HOST "\017"
#define ACTION "\020"
#define BODY_HASH "\021"
#define IF_TOKEN "\022" /* the line is there only when there is a token */

/* How a template is written: as it is sent, as it is signed, or only the names of its lines. */
enum form { SENT, SIGNED, NAMES };

/* Every signed header, in the order that the signature wants. */
static const char signed_headers[] = "host:" HOST "\n" IF_TOKEN "x-acs-accesskey-id:" ID "\n"
                                     "x-acs-action:" ACTION "\n"
                                     "x-acs-content-sha256:" BODY_HASH "\n"
                                     "x-acs-date:" DATE "\n" IF_TOKEN
                                     "x-acs-security-token:" TOKEN "\n"
                                     "x-acs-signature-nonce:" NONCE "\n"
                                     "x-acs-version:2017-12-25\n";

static uint16_t default_port(const struct osft_settings *set)
{
    return set->plain_http ? 80 : 443;
}

uint16_t osft_tcp_port(const struct osft_settings *set)
{
    return set->tcp_port != 0 ? set->tcp_port : default_port(set);
}

static void put_host(struct osft_text *t, const struct osft_settings *set)
{
    const char *p;
    int v6 = 0;
    for (p = set->host; *p != 0; p++) {
        v6 |= *p == ':';
    }
    osft_put(t, "[", (size_t)v6);
    put_text(t, set->host);
    osft_put(t, "]", (size_t)v6);
    if (osft_tcp_port(set) != default_port(set)) {
        put_text(t, ":");
        put_number(t, set->tcp_port);
    }
}

static void put_item(struct osft_text *t, const struct osft_request *r, char code)
{
    const struct osft_query *q = r->query;
    const struct osft_credentials *cred = r->set->credentials;
    const struct osft_span *spans[] = { &q->app_group, &q->function, &q->instance, &q->generation,
                                        &cred->id,     &cred->token, &r->nonce };

    if (code <= GENERATION[0]) {
        put_encoded(t, spans[code - 1]);
    } else if (code <= NONCE[0]) {
        osft_put(t, spans[code - 1]->ptr, spans[code - 1]->len);
    } else if (code == DATE[0]) {
        osft_put(t, r->date, OSFT_DATE_SIZE);
    } else if (code == HOST[0]) {
        put_host(t, r->set);
    } else if (code == ACTION[0]) {
        put_text(t, q->generation.ptr != NULL ? "GetFunctionTask" : "ListFunctionTasks");
    } else {
        put_text(t, EMPTY_SHA256);
    }
}

static void put_template(struct osft_text *t, const struct osft_request *r, const char *p,
                         enum form form)
{
    for (; *p != 0; p++) {
        int no_line = *p == IF_TOKEN[0] && r->set->credentials->token.len == 0;
        if (no_line || (form == NAMES && *p == ':')) {
            while (*p != '\n') {
                p++;
            }
            osft_put(t, ";", !no_line && p[1] != 0);
        } else if (form == SENT && (*p == ':' || *p == '\n')) {
            put_text(t, *p == ':' ? ": " : "\r\n");
        } else if ((uint8_t)*p >= ' ' || *p == '\n') {
            osft_put(t, p, 1);
        } else if (*p != IF_TOKEN[0]) {
            put_item(t, r, *p);
        }
    }
}

static void put_path(struct osft_text *t, const struct osft_request *r)
{
    put_template(t, r,
                 "/v4/openapi/app-groups/" APP "/functions/" FUNCTION "/instances/" INSTANCE "/tasks",
                 SENT);
    if (r->query->generation.ptr != NULL) {
        put_template(t, r, "/" GENERATION, SENT);
    }
}

/* In the order of their names, as the signature wants them. first: '?' on the wire, 0 when signed. */
static void put_query(struct osft_text *t, const struct osft_query *q, char first)
{
    static const char names[] = "endTime=\0pageNumber=\0pageSize=\0startTime=";
    static const uint8_t bits[] = { OSFT_END_TIME, OSFT_PAGE_NUMBER, OSFT_PAGE_SIZE,
                                    OSFT_START_TIME };
    const char *name = names;
    int64_t values[4];
    int i;

    if (q->generation.ptr != NULL) {
        return;
    }
    values[0] = q->end_ms;
    values[1] = q->page_number;
    values[2] = q->page_size;
    values[3] = q->start_ms;
    for (i = 0; i < 4; i++) {
        if (values[i] != 0 || (q->zero & bits[i])) {
            osft_put(t, &first, first != 0);
            put_text(t, name);
            put_number(t, values[i]);
            first = '&';
        }
        name += strlen(name) + 1;
    }
    if (q->status.ptr != NULL) {
        osft_put(t, &first, first != 0);
        put_text(t, "status=");
        put_encoded(t, &q->status);
    }
}

/* White space and controls have no place in any of these, and CR, LF or NUL would end the line. */
static int is_sendable(const char *s, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b <= ' ' || b == 0x7f) {
            return 0;
        }
    }
    return 1;
}

int osft_request_check(const struct osft_request *r, const char **bad)
{
    const struct osft_credentials *cred = r->set->credentials;
    const char *host = r->set->host;
    const char *wrong = NULL;

    if (r->query->app_group.len == 0) {
        wrong = "app_group";
    } else if (r->query->function.len == 0) {
        wrong = "function";
    } else if (r->query->instance.len == 0) {
        wrong = "instance";
    } else if (host == NULL || host[0] == 0 || !is_sendable(host, strlen(host))) {
        wrong = "host";
    } else if (cred->id.len == 0 || !is_sendable(cred->id.ptr, cred->id.len)) {
        wrong = "id";
    } else if (!is_sendable(cred->token.ptr, cred->token.len)) {
        wrong = "token";
    } else if (!is_sendable(r->nonce.ptr, r->nonce.len)) {
        wrong = "nonce";
    }
    *bad = wrong;
    return wrong == NULL ? OSFT_OK : OSFT_E_ARG;
}

void osft_canonical(const struct osft_request *r, struct osft_text *t)
{
    put_text(t, "GET\n");
    put_path(t, r);
    put_text(t, "\n");
    put_query(t, r->query, 0);
    put_text(t, "\n");
    put_template(t, r, signed_headers, SIGNED);
    put_text(t, "\n");
    put_template(t, r, signed_headers, NAMES);
    put_template(t, r, "\n" BODY_HASH, SIGNED);
}

int osft_request_build(const struct osft_request *r, char *mem, size_t size, size_t *need)
{
    struct osft_text t = { NULL, 0, 0, NULL, 0 };
    size_t signature;

    t.mem = mem;
    t.size = size;
    put_text(&t, "GET ");
    put_path(&t, r);
    put_query(&t, r->query, '?');
    put_text(&t, " HTTP/1.1\r\n");
    put_template(&t, r, signed_headers, SENT);
    put_template(&t, r,
                 "user-agent:osft/" OSFT_VERSION "\naccept:application/json\n"
                 "accept-encoding:identity\nconnection:close\n"
                 "authorization:ACS3-HMAC-SHA256 Credential=" ID ",SignedHeaders=",
                 SENT);
    put_template(&t, r, signed_headers, NAMES);
    put_text(&t, ",Signature=");
    signature = t.len;
    t.len += 64;
    put_text(&t, "\r\n\r\n");
    *need = t.len;
    return t.len <= size ? osft_sign(r, mem + signature) : OSFT_E_SPACE;
}
