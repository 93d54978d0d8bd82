/* SPDX-License-Identifier: Apache-2.0 */
/* Every capture of the vendor's SDK in tests/support/vectors/signing.jsonl that this client can
 * express, and what each request as sent says when it is read back. */
#include <errno.h>
#include "ear.h"
#include "mbedtls/md.h"

#define JSMN_STATIC
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#define VECTORS "tests/support/vectors/signing.jsonl"

struct vector {
    char line[12000];
    jsmntok_t tokens[512];
    int n;
    char texts[24000]; /* what text() decoded */
    size_t used;
    char host[256];
    struct osft_credentials credentials;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_span nonce, date;
    struct ear ear; /* has heard our canonical request and string to sign */
    char wire[8192];
};

/* The value of a member of the object at token, or -1. */
static int member(const struct vector *v, int object, const char *name)
{
    size_t len = strlen(name);
    int i;
    for (i = object + 1; i + 1 < v->n; i++) {
        const jsmntok_t *t = &v->tokens[i];
        if (t->parent == object && t->type == JSMN_STRING && (size_t)(t->end - t->start) == len &&
            memcmp(v->line + t->start, name, len) == 0) {
            return i + 1;
        }
    }
    return -1;
}

static int is_null(const struct vector *v, int i)
{
    return i < 0 || (v->tokens[i].type == JSMN_PRIMITIVE && v->line[v->tokens[i].start] == 'n');
}

/* One escape at p, which stands behind the backslash; the captures use no others. */
static char unescaped(const char **p)
{
    static const char *const pairs = "\"\"\\\\//n\nr\rt\tb\bf\f";
    char hex[5] = { 0 };
    const char *at;
    if (**p == 'u') {
        memcpy(hex, *p + 1, 4);
        *p += 4;
        assert_true(strtoul(hex, NULL, 16) < 0x80);
        return (char)strtoul(hex, NULL, 16);
    }
    for (at = pairs; *at != **p; at += 2) {
        assert_true(*at != 0);
    }
    return at[1];
}

/* A string, decoded; ptr NULL when it is null. */
static struct osft_span text(struct vector *v, int i)
{
    struct osft_span s = { NULL, 0 };
    const char *p, *end;
    char *to = v->texts + v->used;

    if (is_null(v, i)) {
        return s;
    }
    s.ptr = to;
    end = v->line + v->tokens[i].end;
    for (p = v->line + v->tokens[i].start; p < end; p++) {
        if (*p == '\\') {
            p++;
            *to++ = unescaped(&p);
        } else {
            *to++ = *p;
        }
    }
    s.len = (size_t)(to - s.ptr);
    *to++ = 0;
    v->used = (size_t)(to - v->texts);
    assert_true(v->used <= sizeof(v->texts));
    return s;
}

static struct osft_span input(struct vector *v, const char *name)
{
    return text(v, member(v, member(v, 0, "input"), name));
}

/* A number of the query, from JSON's number or string; 0 when it is absent. Returns 0 when it is
 * none that this client sends: 0 itself, which it leaves out, or no integer from least to most. */
static int number(struct vector *v, const char *name, int64_t least, int64_t most, int64_t *to)
{
    struct osft_span s = input(v, name);
    char *end;

    *to = 0;
    if (s.ptr == NULL) {
        return 1;
    }
    errno = 0;
    *to = strtoll(s.ptr, &end, 10);
    return errno == 0 && *end == 0 && end != s.ptr && *to != 0 && *to >= least && *to <= most;
}

static int set_numbers(struct vector *v)
{
    struct osft_query *q = &v->query;
    int64_t page_number, page_size;
    int expressible = number(v, "startTime", INT64_MIN, INT64_MAX, &q->start_ms) &&
                      number(v, "endTime", INT64_MIN, INT64_MAX, &q->end_ms) &&
                      number(v, "pageNumber", 1, UINT32_MAX, &page_number) &&
                      number(v, "pageSize", 1, UINT32_MAX, &page_size);

    if (expressible) {
        q->page_number = (uint32_t)page_number;
        q->page_size = (uint32_t)page_size;
    }
    return expressible;
}

static void set_host(struct vector *v)
{
    struct osft_span host = input(v, "host");
    struct osft_span protocol = input(v, "protocol");
    char *colon;

    snprintf(v->host, sizeof(v->host), "%s", host.ptr);
    colon = strchr(v->host, ':');
    if (colon != NULL) {
        *colon = 0;
        v->settings.tcp_port = (uint16_t)strtoul(colon + 1, NULL, 10);
    }
    v->settings.host = v->host;
    v->settings.plain_http = protocol.ptr != NULL && strcmp(protocol.ptr, "http") == 0;
}

/* A line of the file becomes a request. 0: this client does not send such a thing. */
static int load(struct vector *v)
{
    jsmn_parser parser;

    jsmn_init(&parser);
    v->n = jsmn_parse(&parser, v->line, strlen(v->line), v->tokens, 512);
    assert_true(v->n > 0);
    v->used = 0;
    memset(&v->settings, 0, sizeof(v->settings));
    memset(&v->query, 0, sizeof(v->query));
    v->credentials.id = input(v, "accessKeyId");
    v->credentials.secret = input(v, "accessKeySecret");
    v->credentials.token = input(v, "securityToken");
    v->query.app_group = input(v, "appGroup");
    v->query.function = input(v, "function");
    v->query.instance = input(v, "instance");
    v->query.generation = input(v, "generation");
    v->query.status = input(v, "status");
    set_host(v);
    ear_init(&v->ear);
    v->settings.sha256 = &v->ear.hash;
    v->settings.credentials = &v->credentials;
    v->nonce = input(v, "nonce");
    v->date = input(v, "date");
    return set_numbers(v) && v->nonce.len == OSFT_NONCE_LENGTH &&
           input(v, "credentialsProvider").ptr == NULL && input(v, "extraHeaders").ptr == NULL;
}

static int build(struct vector *v)
{
    struct osft_request r;
    int error;

    assert_int_equal(v->date.len, OSFT_DATE_LENGTH);
    memset(&r, 0, sizeof(r));
    r.settings = &v->settings;
    r.query = &v->query;
    r.nonce = v->nonce.ptr;
    r.date = v->date.ptr;
    r.buffer = v->wire;
    r.size = sizeof(v->wire) - 1;
    error = osft_build_request(&r);
    if (error == OSFT_OK) {
        v->wire[r.len] = 0;
        assert_int_equal(strlen(v->wire), r.len);
    }
    return error;
}

/* The value of a header of the request as sent, from "\r\nname: " on. */
static void header(const struct vector *v, const char *name, char *to, size_t size)
{
    char start[80];
    const char *at, *end;

    snprintf(start, sizeof(start), "\r\n%s: ", name);
    at = strstr(v->wire, start);
    assert_non_null(at);
    at += strlen(start);
    assert_null(strstr(at, start)); /* only one such line */
    end = strstr(at, "\r\n");
    assert_true((size_t)(end - at) < size);
    memcpy(to, at, (size_t)(end - at));
    to[end - at] = 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Split at sep, in place, and sort. */
static size_t sorted(char *s, const char *sep, char *parts[], size_t max)
{
    size_t n = 0;
    while (*s != 0) {
        char *next = strstr(s, sep);
        assert_true(n < max);
        parts[n++] = s;
        if (next == NULL) {
            break;
        }
        *next = 0;
        s = next + strlen(sep);
    }
    qsort(parts, n, sizeof(parts[0]), by_text);
    return n;
}

static void append(char *to, size_t size, const char *a, const char *b)
{
    size_t at = strlen(to);
    int n = snprintf(to + at, size - at, "%s%s", a, b);
    assert_true(n >= 0 && (size_t)n < size - at);
}

/* Host and x-acs-* lines as they are signed, then their names. */
static void derive_headers(char *head, char *to, size_t size)
{
    char names[1024] = "";
    char *lines[32];
    size_t i, n = sorted(head, "\r\n", lines, 32);

    for (i = 0; i < n; i++) {
        char *value = strstr(lines[i], ": ");
        assert_non_null(value);
        *value = 0;
        if (strcmp(lines[i], "host") == 0 || strncmp(lines[i], "x-acs-", 6) == 0) {
            append(to, size, lines[i], ":");
            append(to, size, value + 2, "\n");
            append(names, sizeof(names), names[0] != 0 ? ";" : "", lines[i]);
        }
    }
    append(to, size, "\n", names);
}

/* The canonical request, told from nothing but the bytes sent. */
static void derive(const struct vector *v, char *to, size_t size)
{
    static char wire[8192];
    char hash[80];
    char *pairs[8], *query, *end = strstr(strcpy(wire, v->wire), " HTTP/1.1\r\n");
    size_t i, n = 0;

    assert_int_equal(strncmp(wire, "GET /", 5), 0);
    assert_non_null(end);
    assert_string_equal(wire + strlen(wire) - 4, "\r\n\r\n");
    wire[strlen(wire) - 4] = 0;
    *end = 0;
    query = strchr(wire, '?');
    if (query != NULL) {
        *query = 0;
        n = sorted(query + 1, "&", pairs, 8);
    }
    to[0] = 0;
    append(to, size, "GET\n", wire + 4);
    append(to, size, "\n", "");
    for (i = 0; i < n; i++) {
        append(to, size, i > 0 ? "&" : "", pairs[i]);
    }
    append(to, size, "\n", "");
    derive_headers(end + strlen(" HTTP/1.1\r\n"), to, size);
    header(v, "x-acs-content-sha256", hash, sizeof(hash));
    append(to, size, "\n", hash);
}

static void to_hex(const uint8_t *bytes, size_t n, char *hex)
{
    size_t i;
    for (i = 0; i < n; i++) {
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    }
}

/* Both by mbedTLS's own HMAC: the string to sign, and the signature. */
static void sign_otherwise(const struct vector *v, const char *canonical, char *string_to_sign,
                           char signature[65])
{
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    uint8_t digest[32];

    assert_int_equal(mbedtls_md(md, (const uint8_t *)canonical, strlen(canonical), digest), 0);
    strcpy(string_to_sign, "ACS3-HMAC-SHA256\n");
    to_hex(digest, 32, string_to_sign + 17);
    assert_int_equal(mbedtls_md_hmac(md, (const uint8_t *)v->credentials.secret.ptr,
                                     v->credentials.secret.len, (const uint8_t *)string_to_sign,
                                     strlen(string_to_sign), digest),
                     0);
    to_hex(digest, 32, signature);
}

/* ! ' ( and ) of the path as this client encodes them. */
static void encode_strictly(const char *from, char *to, size_t size)
{
    size_t at = 0;
    for (; *from != 0; from++) {
        const char *format = strchr("!'()", *from) != NULL ? "%%%02X" : "%c";
        at += (size_t)snprintf(to + at, size - at, format, *from);
        assert_true(at < size);
    }
}

static int is_one_of(const char *id, const char *const *ids, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        if (strcmp(id, ids[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The SDK leaves ! ' ( and ) bare. */
static int is_laxer_in_the_sdk(const char *id)
{
    static const char *const ids[] = { "name-27", "name-29" };
    return is_one_of(id, ids, COUNT(ids));
}

/* A name that is a dot segment, and an empty generation. */
static int is_refused(const char *id)
{
    static const char *const ids[] = { "name-19", "get-05" };
    return is_one_of(id, ids, COUNT(ids));
}

/* Whether a vector has something that this client never sends: a number that is 0, which the client
 * leaves out; a negative page; a number past 64 bits; a nonce that is not 32 digits; the header
 * that names a provider of credentials; or further headers. */
static int is_not_sent(const char *id)
{
    static const char *const ids[] = { "number-01",   "number-09",  "number-13",   "number-15",
                                       "nonce-01",    "nonce-03",   "provider-03", "provider-05",
                                       "provider-07", "headers-01", "headers-03" };
    return is_one_of(id, ids, COUNT(ids));
}

static void compare(struct vector *v, const char *id)
{
    struct osft_span canonical = text(v, member(v, 0, "canonical_request"));
    struct osft_span authorization = text(v, member(v, 0, "authorization"));
    const char *ours = v->ear.canonical, *string_to_sign = v->ear.string_to_sign;
    char theirs[128], value[512], signature[65];
    static char derived[8192], strict[8192];

    assert_int_equal(build(v), OSFT_OK);
    derive(v, derived, sizeof(derived));
    assert_string_equal(derived, ours);
    header(v, "authorization", value, sizeof(value));
    sign_otherwise(v, ours, theirs, signature);
    assert_string_equal(string_to_sign, theirs);
    assert_string_equal(strstr(value, ",Signature=") + 11, signature);
    if (is_laxer_in_the_sdk(id)) {
        encode_strictly(canonical.ptr, strict, sizeof(strict));
        assert_string_not_equal(ours, canonical.ptr);
        assert_string_equal(ours, strict);
        assert_string_not_equal(value, authorization.ptr);
        return;
    }
    assert_string_equal(ours, canonical.ptr);
    assert_string_equal(string_to_sign, text(v, member(v, 0, "string_to_sign")).ptr);
    assert_string_equal(value, authorization.ptr);
}

static void requests_equal_the_captures_of_the_vendors_sdk(void **state)
{
    static struct vector v;
    FILE *f = fopen(VECTORS, "rb");
    int equal = 0, strict = 0, refused = 0, not_sent = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(v.line, sizeof(v.line), f) != NULL) {
        int expressible = load(&v);
        const char *id = text(&v, member(&v, 0, "id")).ptr;
        print_message("# %s\n", id);
        assert_int_equal(!expressible, is_not_sent(id));
        if (!expressible) {
            not_sent++;
        } else if (is_refused(id)) {
            assert_int_equal(build(&v), OSFT_E_ARG);
            refused++;
        } else {
            compare(&v, id);
            strict += is_laxer_in_the_sdk(id);
            equal += !is_laxer_in_the_sdk(id);
        }
    }
    fclose(f);
    assert_int_equal(equal, 70);
    assert_int_equal(strict, 2);
    assert_int_equal(refused, 2);
    assert_int_equal(not_sent, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_equal_the_captures_of_the_vendors_sdk),
    };
    return cmocka_run_group_tests_name("sign vectors", tests, NULL, NULL);
}
