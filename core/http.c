/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "http.h"
#include "unescape.h"

enum {
    IN_STATUS,    /* status line */
    IN_HEADER,    /* header lines */
    IN_TRAILER,   /* header lines after the last chunk */
    IN_EXTENSION, /* chunk: rest of the size line */
    IN_SIZE_LF,
    IN_CHUNK_CR, /* after a chunk */
    IN_CHUNK_LF,
    IN_SIZE,   /* chunk: hex digits */
    IN_CHUNK,  /* length bytes follow */
    IN_BODY,   /* the same, without chunks */
    IN_REST,   /* the body ends with the connection */
    IN_NOTHING /* the answer is over */
};

/* Flags of the line being read, beside osft_http_flag. */
enum { HAS_CR = 64, IS_LONG = 128 };

void osft_http_init(struct osft_http *h)
{
    memset(h, 0, sizeof(*h)); /* IN_STATUS is 0 */
}

int osft_http_done(const struct osft_http *h)
{
    return h->state == IN_NOTHING;
}

int osft_http_ends_with_connection(const struct osft_http *h)
{
    return h->state == IN_REST;
}

/* Whether text of len bytes is word, which is in lower case, in any case. */
static int is_word(const char *text, size_t len, const char *word)
{
    size_t i;
    for (i = 0; i < len && word[i] != 0; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c | 0x20);
        }
        if (c != word[i]) {
            return 0;
        }
    }
    return i == len && word[i] == 0;
}

/* Digits only: a sign, a space or a list here is how answers get smuggled. */
static int set_length(struct osft_http *h, const char *value, size_t len)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        uint32_t digit = (uint32_t)value[i] - '0';
        if (digit > 9 || n > (UINT32_MAX - digit) / 10) {
            return OSFT_E_HTTP;
        }
        n = n * 10 + digit;
    }
    if (len == 0 || ((h->flags & OSFT_HTTP_HAS_LENGTH) && n != h->length)) {
        return OSFT_E_HTTP;
    }
    h->flags |= OSFT_HTTP_HAS_LENGTH;
    h->length = n;
    return OSFT_OK;
}

/* A comma-separated list that holds close. */
static void look_for_close(struct osft_http *h, const char *value, size_t len)
{
    size_t begin = 0, end, i;
    for (i = 0; i <= len; i++) {
        if (i < len && value[i] != ',') {
            continue;
        }
        for (end = i; begin < end && (value[begin] == ' ' || value[begin] == '\t'); begin++) {
        }
        for (; end > begin && (value[end - 1] == ' ' || value[end - 1] == '\t'); end--) {
        }
        if (is_word(value + begin, end - begin, "close")) {
            h->flags |= OSFT_HTTP_CLOSE;
        }
        begin = i + 1;
    }
}

/* Text that outlives its line moves down to where the line began, and the next line begins after. */
static void keep(struct osft_http *h, struct osft_work *work, struct osft_span *to, const char *value,
                 size_t len)
{
    char *dst = work->mem + h->line;
    if (to->ptr == NULL) { /* the first counts */
        memmove(dst, value, len);
        dst[len] = 0;
        to->ptr = dst;
        to->len = len;
        h->line += (uint32_t)len + 1;
    }
}

static int header(struct osft_http *h, struct osft_work *work, struct osft_page *page,
                  const char *line, size_t len)
{
    size_t name = 0, value, end = len;

    for (; name < len && line[name] != ':'; name++) {
        if ((unsigned char)line[name] <= ' ') {
            return OSFT_E_HTTP; /* folded, or white space before the colon */
        }
    }
    if (name == 0 || name == len) {
        return OSFT_E_HTTP;
    }
    for (value = name + 1; value < end && (line[value] == ' ' || line[value] == '\t'); value++) {
    }
    for (; end > value && (line[end - 1] == ' ' || line[end - 1] == '\t'); end--) {
    }
    len = end - value;
    if (is_word(line, name, "date")) {
        keep(h, work, &page->date, line + value, len);
    } else if (is_word(line, name, "retry-after")) {
        keep(h, work, &page->retry_after, line + value, len);
    } else if (is_word(line, name, "connection")) {
        look_for_close(h, line + value, len);
    } else if (is_word(line, name, "content-length")) {
        return h->flags & IS_LONG ? OSFT_E_HTTP : set_length(h, line + value, len);
    } else if (is_word(line, name, "transfer-encoding")) {
        if ((h->flags & (OSFT_HTTP_CHUNKED | IS_LONG)) || !is_word(line + value, len, "chunked")) {
            return OSFT_E_HTTP;
        }
        h->flags |= OSFT_HTTP_CHUNKED;
    }
    return OSFT_OK;
}

static int status_line(struct osft_http *h, struct osft_page *page, const char *line, size_t len)
{
    static const char version[] = "HTTP/1.";
    const size_t n = sizeof(version) - 1;
    size_t i;

    if (len < n + 5 || memcmp(line, version, n) != 0 || (uint8_t)(line[n] - '0') > 1 ||
        line[n + 1] != ' ' || (len > n + 5 && line[n + 5] != ' ')) {
        return OSFT_E_HTTP;
    }
    h->flags = line[n] == '0' ? OSFT_HTTP_1_0 | OSFT_HTTP_CLOSE : 0;
    h->status = 0;
    for (i = n + 2; i < n + 5; i++) {
        uint8_t digit = (uint8_t)(line[i] - '0');
        if (digit > 9) {
            return OSFT_E_HTTP;
        }
        h->status = (uint16_t)(h->status * 10 + digit);
    }
    if (h->status < 100 || h->status > 599 || h->status == 101) { /* nobody asked for an upgrade */
        return OSFT_E_HTTP;
    }
    page->date.ptr = page->retry_after.ptr = NULL;
    h->line = 0;
    h->state = IN_HEADER;
    return OSFT_OK;
}

static int head_end(struct osft_http *h, struct osft_page *page)
{
    const uint8_t both = OSFT_HTTP_HAS_LENGTH | OSFT_HTTP_CHUNKED;

    if (h->status < 200) {
        h->state = IN_STATUS; /* an interim answer; the real one follows */
        return OSFT_OK;
    }
    page->http_status = h->status;
    if (h->status >= 300 && h->status < 400) {
        return OSFT_E_REDIRECT;
    }
    if ((h->flags & both) == both ||
        ((h->flags & OSFT_HTTP_CHUNKED) && (h->flags & OSFT_HTTP_1_0))) {
        return OSFT_E_HTTP;
    }
    if (h->flags & OSFT_HTTP_CHUNKED) {
        h->state = IN_SIZE;
    } else if (h->status == 204 || ((h->flags & OSFT_HTTP_HAS_LENGTH) && h->length == 0)) {
        h->state = IN_NOTHING;
    } else {
        h->state = h->flags & OSFT_HTTP_HAS_LENGTH ? IN_BODY : IN_REST;
    }
    return OSFT_OK;
}

/* A whole line lies behind h->line; what is not kept of it is given up. */
static int line_end(struct osft_http *h, struct osft_work *work, struct osft_page *page)
{
    const char *line = work->mem + h->line;
    size_t len = work->used - h->line;
    int err = OSFT_OK;

    if (h->state == IN_STATUS) {
        err = status_line(h, page, line, len);
    } else if (len != 0) {
        err = h->state == IN_HEADER ? header(h, work, page, line, len) : OSFT_OK;
    } else if (h->flags & IS_LONG) {
        err = OSFT_OK; /* no room for even one byte of this trailer, but it is no empty line */
    } else if (h->state == IN_HEADER) {
        err = head_end(h, page);
    } else {
        h->state = IN_NOTHING;
    }
    h->flags &= (uint8_t)~IS_LONG;
    work->used = h->line;
    return err;
}

static int line_byte(struct osft_http *h, struct osft_work *work, struct osft_page *page, uint8_t b)
{
    if (h->flags & HAS_CR) {
        h->flags &= (uint8_t)~HAS_CR;
        return b == '\n' ? line_end(h, work, page) : OSFT_E_HTTP;
    }
    if (b == '\r') {
        h->flags |= HAS_CR;
    } else if ((b < ' ' && b != '\t') || b == 0x7f) {
        return OSFT_E_HTTP;
    } else if (work->used < work->size && work->used - h->line < OSFT_LINE_MAX) {
        work->mem[work->used++] = (char)b;
    } else {
        h->flags |= IS_LONG;
    }
    return OSFT_HTTP_MORE;
}

static int size_byte(struct osft_http *h, uint8_t b)
{
    unsigned digit = osft_hex_digit(b);

    if (digit < 16) {
        if (h->digits >= 16 || h->length >> 28 != 0) {
            return OSFT_E_HTTP;
        }
        h->digits++;
        h->length = h->length << 4 | digit;
        return OSFT_HTTP_MORE;
    }
    if (h->digits == 0 || (b != ';' && b != '\r')) {
        return OSFT_E_HTTP;
    }
    h->state = b == ';' ? IN_EXTENSION : IN_SIZE_LF;
    return OSFT_HTTP_MORE;
}

/* The bytes around a chunk, by state: what must come, and what comes next. */
static int framing_byte(struct osft_http *h, struct osft_work *work, uint8_t b)
{
    switch (h->state) {
    case IN_EXTENSION:
        if (b == '\r') {
            h->state = IN_SIZE_LF;
        }
        return b == '\n' ? OSFT_E_HTTP : OSFT_HTTP_MORE;
    case IN_SIZE_LF:
        h->digits = 0;
        h->state = h->length != 0 ? IN_CHUNK : IN_TRAILER;
        h->line = (uint32_t)work->used;
        return b == '\n' ? OSFT_HTTP_MORE : OSFT_E_HTTP;
    case IN_CHUNK_CR: h->state = IN_CHUNK_LF; return b == '\r' ? OSFT_HTTP_MORE : OSFT_E_HTTP;
    default: h->state = IN_SIZE; return b == '\n' ? OSFT_HTTP_MORE : OSFT_E_HTTP;
    }
}

int osft_http_byte(struct osft_http *h, struct osft_work *work, struct osft_page *page, uint8_t b)
{
    switch (h->state) {
    case IN_BODY:
    case IN_CHUNK:
        if (--h->length == 0) {
            h->state = h->state == IN_BODY ? IN_NOTHING : IN_CHUNK_CR;
        }
        return OSFT_HTTP_BODY;
    case IN_REST: return OSFT_HTTP_BODY;
    case IN_NOTHING: return OSFT_HTTP_DONE;
    case IN_SIZE: return size_byte(h, b);
    case IN_STATUS:
    case IN_HEADER:
    case IN_TRAILER:
    case IN_EXTENSION:
        if (++h->head > OSFT_HEAD_MAX) {
            return OSFT_E_HTTP;
        }
        break;
    default: break;
    }
    return h->state <= IN_TRAILER ? line_byte(h, work, page, b) : framing_byte(h, work, b);
}
