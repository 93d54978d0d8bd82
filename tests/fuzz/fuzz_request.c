/* SPDX-License-Identifier: Apache-2.0 */
/* Any query, credentials and host: the request is refused, or it is well-formed, fits where it says it
 * fits, and what is signed is exactly what RFC 3986 and ACS3 make of what is sent. */
#include "fuzz_support.h"
#include "request.h"

static struct fuzz_hash hash;

/* A text of the input, in memory of its own; sometimes absent. */
static struct osft_span text(struct fuzz_in *in, char **keep)
{
    struct osft_span s = { NULL, 0 };
    size_t n = fuzz_byte(in);
    if (n >= 0xf0) {
        *keep = NULL;
        return s;
    }
    n = n % 48 < in->left ? n % 48 : in->left;
    s.ptr = *keep = fuzz_copy(in->p, n);
    s.len = n;
    in->p += n;
    in->left -= n;
    return s;
}

static int64_t number(struct fuzz_in *in)
{
    uint64_t v = 0;
    unsigned n = fuzz_byte(in) & 15;
    for (; n > 0; n--) {
        v = v << 8 | fuzz_byte(in);
    }
    return (int64_t)v;
}

static int build(struct osft_request *r, size_t room)
{
    int err;
    r->mem = malloc(room != 0 ? room : 1);
    FUZZ_CHECK(r->mem != NULL);
    r->size = room;
    err = osft_request_build(r);
    FUZZ_CHECK(err != OSFT_OK || r->len <= room);
    return err;
}

static int starts(const char *at, size_t left, const char *with)
{
    size_t n = strlen(with);
    return left >= n && memcmp(at, with, n) == 0;
}

/* Moves *at past one line of the request, CR LF included, and tells its length without them. */
static size_t line(const char **at, const char *end, const char **begin)
{
    const char *p = *at;
    *begin = p;
    while (p < end && *p != '\r') {
        FUZZ_CHECK(*p != '\n' && *p != 0);
        p++;
    }
    FUZZ_CHECK(end - p >= 2 && p[1] == '\n');
    *at = p + 2;
    return (size_t)(p - *begin);
}

/* The canonical request, made again from the request. */
static size_t canonical(const struct osft_request *r, char *out)
{
    const char *at = r->mem, *end = r->mem + r->len, *begin, *q;
    char names[512], *to = out;
    size_t n = line(&at, end, &begin), names_len = 0, path;

    FUZZ_CHECK(n > 13 && starts(begin, n, "GET /v4/openapi/app-groups/"));
    FUZZ_CHECK(memcmp(begin + n - 9, " HTTP/1.1", 9) == 0);
    n -= 13;
    begin += 4;
    FUZZ_CHECK(memchr(begin, ' ', n) == NULL);
    q = memchr(begin, '?', n);
    path = q != NULL ? (size_t)(q - begin) : n;
    to += sprintf(to, "GET\n%.*s\n%.*s\n", (int)path, begin, q != NULL ? (int)(n - path - 1) : 0,
                  q != NULL ? q + 1 : "");
    while ((n = line(&at, end, &begin)) != 0) {
        const char *colon = memchr(begin, ':', n);
        FUZZ_CHECK(colon != NULL && colon[1] == ' ');
        if (starts(begin, n, "host:") || starts(begin, n, "x-acs-")) {
            to += sprintf(to, "%.*s:%.*s\n", (int)(colon - begin), begin,
                          (int)(begin + n - colon - 2), colon + 2);
            names_len += (size_t)sprintf(names + names_len, "%s%.*s", names_len != 0 ? ";" : "",
                                         (int)(colon - begin), begin);
        }
    }
    FUZZ_CHECK(at == end);
    to += sprintf(to, "\n%.*s\n%s", (int)names_len, names,
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    return (size_t)(to - out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char again[65536];
    struct fuzz_in in = { data, size };
    struct osft_query query;
    struct osft_credentials credentials;
    struct osft_settings set;
    struct osft_request r;
    char *keep[9], *host;
    struct osft_span name;
    size_t i, need;
    int err;

    memset(&set, 0, sizeof(set));
    query.app_group = text(&in, &keep[0]);
    query.function = text(&in, &keep[1]);
    query.instance = text(&in, &keep[2]);
    query.generation = text(&in, &keep[3]);
    query.status = text(&in, &keep[4]);
    credentials.id = text(&in, &keep[5]);
    credentials.token = text(&in, &keep[6]);
    r.nonce = text(&in, &keep[7]);
    name = text(&in, &keep[8]);
    credentials.secret = credentials.id;
    query.zero = (uint8_t)fuzz_byte(&in);
    set.plain_http = fuzz_byte(&in) & 1;
    set.tcp_port = (uint16_t)number(&in);
    query.end_ms = number(&in);
    query.page_number = number(&in);
    query.page_size = number(&in);
    query.start_ms = number(&in);
    host = malloc(name.len + 1);
    FUZZ_CHECK(host != NULL);
    if (name.len != 0) {
        memcpy(host, name.ptr, name.len);
    }
    host[name.len] = 0;
    set.host = name.ptr != NULL ? host : NULL;
    set.credentials = &credentials;
    set.sha256 = fuzz_hash_init(&hash);
    r.date.ptr = "2024-02-29T23:59:59Z";
    r.date.len = OSFT_DATE_SIZE;
    r.set = &set;
    r.query = &query;

    err = build(&r, 0);
    FUZZ_CHECK(err == OSFT_E_SPACE || err == OSFT_E_ARG);
    need = r.len;
    free(r.mem);
    if (err == OSFT_E_ARG) {
        FUZZ_CHECK(r.bad < OSFT_ARGS && strcmp(osft_arg_name(r.bad), "unknown") != 0);
    } else {
        FUZZ_CHECK(build(&r, need - 1) == OSFT_E_SPACE && r.len == need);
        free(r.mem);
        FUZZ_CHECK(build(&r, need) == OSFT_OK && r.len == need);
        i = canonical(&r, again);
        FUZZ_CHECK(i == hash.len && memcmp(again, hash.heard, i) == 0);
        free(r.mem);
    }
    for (i = 0; i < 9; i++) {
        free(keep[i]);
    }
    free(host);
    return 0;
}
