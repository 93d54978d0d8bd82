/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "http.h"
#include "text.h"

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

enum {
    HAS_LENGTH = 1,
    CHUNKED = 2,
    VERSION_1_0 = 4,
    HAS_DIGIT = 8, /* of a chunk's size */
    HAS_CR = 16,   /* and from here on, of the line being read */
    IN_NAME = 32,
    IN_SPACE = 64, /* between colon and value */
    IS_LONG = 128, /* the rest of the line was not stored */
    OF_LINE = HAS_CR | IN_NAME | IN_SPACE | IS_LONG
};

void osft_http_init(struct osft_client *c)
{
    c->http = IN_STATUS;
    c->http_flags = 0;
    c->item = c->used = 0;
    c->head = 0;
}

int osft_http_done(const struct osft_client *c)
{
    return c->http == IN_NOTHING;
}

int osft_http_ends_with_connection(const struct osft_client *c)
{
    return c->http == IN_REST;
}

static int status_line(struct osft_client *c, const char *line, size_t len)
{
    int64_t status;

    if (len < 12 || memcmp(line, "HTTP/1.", 7) != 0 || (line[7] | 1) != '1' || line[8] != ' ' ||
        (len > 12 && line[12] != ' ')) {
        return OSFT_E_HTTP;
    }
    status = osft_integer(line + 9, 3);
    if (status < 100 || status > 599 || status == 101) { /* nobody asked for an upgrade */
        return OSFT_E_HTTP;
    }
    c->http_flags = line[7] == '0' ? IN_NAME | VERSION_1_0 : IN_NAME;
    c->page->http_status = (uint16_t)status;
    c->http = IN_HEADER;
    return OSFT_OK;
}

/* Text that outlives its line moves down to where the line began, and the next line begins after. */
static void keep(struct osft_client *c, struct osft_span *to, const char *value, size_t len)
{
    char *dst = c->mem + c->item;
    if (to->ptr == NULL) { /* the first counts */
        memmove(dst, value, len);
        dst[len] = 0;
        to->ptr = dst;
        to->len = len;
        c->item += len + 1;
    }
}

static int is_chunked(const char *value, size_t len)
{
    size_t i;
    for (i = 0; i < len && (value[i] | 0x20) == "chunked"[i]; i++) {
    }
    return i == 7 && len == 7;
}

/* The name is in lower case, no space surrounds the value. */
static int header(struct osft_client *c, const char *line, size_t len)
{
    static const char names[] = "date:\0retry-after:\0content-length:\0transfer-encoding:";
    const char *name = names;
    int64_t n;
    int i;

    for (i = 0; len < strlen(name) || memcmp(line, name, strlen(name)) != 0; i++) {
        if (i == 3) {
            return OSFT_OK; /* of no interest */
        }
        name += strlen(name) + 1;
    }
    line += strlen(name);
    len -= strlen(name);
    if (i < 2) {
        keep(c, i == 0 ? &c->page->date : &c->page->retry_after, line, len);
        return OSFT_OK;
    }
    if (i == 3) { /* said twice, it would mean chunks within chunks */
        if ((c->http_flags & CHUNKED) || !is_chunked(line, len)) {
            return OSFT_E_HTTP;
        }
        c->http_flags |= CHUNKED;
        return OSFT_OK;
    }
    n = osft_integer(line, len);
    if (n < 0 || n > UINT32_MAX || ((c->http_flags & HAS_LENGTH) && n != c->length)) {
        return OSFT_E_HTTP;
    }
    c->http_flags |= HAS_LENGTH;
    c->length = (uint32_t)n;
    return OSFT_OK;
}

static int head_end(struct osft_client *c)
{
    struct osft_page *page = c->page;
    unsigned flags = c->http_flags;

    if (page->http_status < 200) { /* an interim answer; the real one follows */
        page->http_status = 0;
        page->date.ptr = page->retry_after.ptr = NULL;
        c->item = 0;
        c->http = IN_STATUS;
        return OSFT_OK;
    }
    if (page->http_status >= 300 && page->http_status < 400) {
        return OSFT_E_REDIRECT;
    }
    if ((flags & CHUNKED) && (flags & (HAS_LENGTH | VERSION_1_0))) {
        return OSFT_E_HTTP;
    }
    if (flags & CHUNKED) {
        c->length = 0;
        c->http = IN_SIZE;
    } else if (page->http_status == 204 || ((flags & HAS_LENGTH) && c->length == 0)) {
        c->http = IN_NOTHING;
    } else {
        c->http = flags & HAS_LENGTH ? IN_BODY : IN_REST;
    }
    return OSFT_OK;
}

/* A whole line lies behind c->item; what is not kept of it is given up. */
static int line_end(struct osft_client *c)
{
    const char *line = c->mem + c->item;
    size_t len = c->used - c->item;
    unsigned flags = c->http_flags;
    int err = OSFT_OK;

    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t')) {
        len--;
    }
    c->http_flags = (uint8_t)((flags & ~(unsigned)OF_LINE) | IN_NAME);
    if (c->http == IN_STATUS) {
        err = status_line(c, line, len);
    } else if (!(flags & IN_NAME)) {
        /* What was cut off could matter only where all that is left is looked at. */
        err = c->http == IN_TRAILER ? OSFT_OK : header(c, line, len);
    } else if (len != 0 || (flags & IS_LONG)) {
        err = OSFT_E_HTTP; /* no colon */
    } else if (c->http == IN_HEADER) {
        err = head_end(c);
    } else {
        c->http = IN_NOTHING;
    }
    c->used = c->item;
    return err;
}

static int line_byte(struct osft_client *c, uint8_t b)
{
    unsigned flags = c->http_flags;

    if (flags & HAS_CR) {
        return b == '\n' ? line_end(c) : OSFT_E_HTTP;
    }
    if (b == '\r') {
        c->http_flags |= HAS_CR;
        return OSFT_HTTP_MORE;
    }
    if ((b < ' ' && b != '\t') || b == 0x7f) {
        return OSFT_E_HTTP;
    }
    if (flags & IN_NAME) {
        if (b == ':' && c->used != c->item) {
            c->http_flags = (uint8_t)(flags ^ (IN_NAME | IN_SPACE));
        } else if (b <= ' ' || b == ':') {
            return OSFT_E_HTTP; /* folded, white space before the colon, or no name */
        } else if (b >= 'A' && b <= 'Z') {
            b |= 0x20;
        }
    } else if (flags & IN_SPACE) {
        if (b <= ' ') {
            return OSFT_HTTP_MORE;
        }
        c->http_flags &= (uint8_t)~IN_SPACE;
    }
    if (c->used < c->size && c->used - c->item < OSFT_LINE_MAX) {
        c->mem[c->used++] = (char)b;
    } else {
        c->http_flags |= IS_LONG;
    }
    return OSFT_HTTP_MORE;
}

static int size_byte(struct osft_client *c, uint8_t b)
{
    unsigned digit = osft_hex_digit(b);

    if (digit < 16 && c->length >> 28 == 0) {
        c->http_flags |= HAS_DIGIT;
        c->length = c->length << 4 | digit;
    } else if ((c->http_flags & HAS_DIGIT) && b == '\r') {
        c->http = IN_SIZE_LF;
    } else if ((c->http_flags & HAS_DIGIT) && b == ';') {
        c->http = IN_EXTENSION;
    } else {
        return OSFT_E_HTTP;
    }
    return OSFT_HTTP_MORE;
}

/* The bytes around a chunk: what must come, and what comes next. */
static int framing_byte(struct osft_client *c, uint8_t b)
{
    uint8_t must = '\n';

    if (c->http == IN_EXTENSION) {
        if (b == '\r') {
            c->http = IN_SIZE_LF;
        }
        return b == '\n' ? OSFT_E_HTTP : OSFT_HTTP_MORE;
    }
    if (c->http == IN_SIZE_LF) {
        c->http = IN_CHUNK;
        c->http_flags = CHUNKED | IN_NAME;
        if (c->length == 0) {
            c->http = IN_TRAILER;
            c->item = c->used;
        }
    } else if (c->http == IN_CHUNK_CR) {
        c->http = IN_CHUNK_LF;
        must = '\r';
    } else {
        c->http = IN_SIZE;
    }
    return b == must ? OSFT_HTTP_MORE : OSFT_E_HTTP;
}

int osft_http_byte(struct osft_client *c, uint8_t b)
{
    if (c->http == IN_REST) {
        return OSFT_HTTP_BODY;
    }
    if (c->http >= IN_CHUNK) {
        if (--c->length == 0) {
            c->http = c->http == IN_BODY ? IN_NOTHING : IN_CHUNK_CR;
        }
        return OSFT_HTTP_BODY;
    }
    if (c->http == IN_SIZE) {
        return size_byte(c, b);
    }
    if (c->http <= IN_EXTENSION && ++c->head > OSFT_HEAD_MAX) {
        return OSFT_E_HTTP;
    }
    return c->http <= IN_TRAILER ? line_byte(c, b) : framing_byte(c, b);
}
