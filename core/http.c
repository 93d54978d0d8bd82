/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "answer.h"
#include "grammar.h"
#include "http.h"
#include "osft_stream.h"
#include "text.h"

/* Where each state begins in the table. The bytes that lead to the first three are stored. */
enum {
    STATUS = 0,         /* status line; 0 in an empty client */
    CODE = STATUS + 12, /* is over: a space and a phrase follow, or nothing */
    PHRASE = CODE + 2,
    NAME = PHRASE + 4,
    VALUE = NAME + 3,
    SPACE = VALUE + 4, /* before a value */
    FIRST = SPACE + 6, /* of a header line */
    STATUS_LF = FIRST + 3,
    HEADER_LF = STATUS_LF + 1,
    HEAD_LF = HEADER_LF + 1,
    TRAILER = HEAD_LF + 1,
    TRAILER_REST = TRAILER + 2,
    TRAILER_LF = TRAILER_REST + 4,
    LAST_LF = TRAILER_LF + 1,
    EXTENSION = LAST_LF + 1,
    SIZE_LF = EXTENSION + 4,
    SIZE = SIZE_LF + 1,
    MORE_SIZE = SIZE + 3,
    CHUNK_CR = MORE_SIZE + 5,
    CHUNK_LF = CHUNK_CR + 1,
    STATES = CHUNK_LF + 1,

    IN_CHUNK = STATES, /* length bytes follow */
    IN_BODY,           /* the same, without chunks */
    IN_REST = OSFT_HTTP_TO_END,
    IN_NOTHING = OSFT_HTTP_OVER,

    DO_STATUS = IN_BODY + 1,
    DO_HEADER,
    DO_HEAD,
    DO_DIGIT,
    DO_SIZE
};

#define L      | OSFT_LAST
#define ONE(b) b, b
#define IS(b, next)    \
    {                  \
        ONE(b), next L \
    }
#define LINE(next, at_cr)                                          \
    { ONE('\r'), at_cr }, { ONE('\t'), next }, { ' ', '~', next }, \
    {                                                              \
        0x80, 0xff, next L                                         \
    }
#define TOKEN(next)      \
    { '!', '9', next },  \
    {                    \
        ';', '~', next L \
    }
#define HEX                                         \
    { '0', '9', DO_DIGIT }, { 'A', 'F', DO_DIGIT }, \
    {                                               \
        'a', 'f', DO_DIGIT L                        \
    }

static const struct osft_range grammar[] = {
    /* clang-format off */
    /* status */    IS('H', 1), IS('T', 2), IS('T', 3), IS('P', 4), IS('/', 5), IS('1', 6), IS('.', 7),
                    { '0', '1', 8 L }, IS(' ', 9), { '1', '5', 10 L }, { '0', '9', 11 L },
                    { '0', '9', CODE L },
    /* its end */   { ONE(' '), PHRASE }, IS('\r', STATUS_LF), LINE(PHRASE, STATUS_LF),
    /* name */      { ONE(':'), SPACE }, TOKEN(NAME),
    /* value */     LINE(VALUE, HEADER_LF),
    /* space */     { ONE(' '), SPACE }, { ONE('\t'), SPACE }, LINE(VALUE, HEADER_LF),
    /* first */     { ONE('\r'), HEAD_LF }, TOKEN(NAME),
    /* line feeds */{ ONE('\n'), DO_STATUS L }, { ONE('\n'), DO_HEADER L }, { ONE('\n'), DO_HEAD L },
    /* trailer */   { ONE('\r'), LAST_LF }, { '!', '~', TRAILER_REST L },
                    LINE(TRAILER_REST, TRAILER_LF),
                    { ONE('\n'), TRAILER L }, { ONE('\n'), IN_NOTHING L },
    /* extension */ LINE(EXTENSION, SIZE_LF),
    /* size LF */   { ONE('\n'), DO_SIZE L },
    /* size */      HEX,
    /* more size */ { ONE(';'), EXTENSION }, { ONE('\r'), SIZE_LF }, HEX,
    /* chunk end */ { ONE('\r'), CHUNK_LF L }, { ONE('\n'), SIZE L }
    /* clang-format on */
};
OSFT_STATIC_ASSERT(sizeof(grammar) == 3 * STATES, a_state_does_not_begin_where_the_enum_says);
OSFT_STATIC_ASSERT((int)DO_SIZE < (int)OSFT_HTTP_TO_END, too_many_states);

OSFT_STATIC_ASSERT(offsetof(struct osft_page, connection) ==
                       offsetof(struct osft_page, date) + 3 * sizeof(struct osft_span),
                   kept_headers_must_lie_in_order);

static int status_line(struct osft_client *c)
{
    const char *line = c->mem; /* HTTP/1.1 200 ... */
    unsigned status = (unsigned)osft_integer(line + 9, 3);

    c->is_1_0 = line[7] == '0';
    if (status == 101) { /* nobody asked for an upgrade */
        return OSFT_E_HTTP;
    }
    c->has_length = c->is_chunked = c->is_long = 0;
    c->page->http_status = (uint16_t)status;
    return OSFT_OK;
}

static int header(struct osft_client *c)
{
    static const char names[] = "date\0retry-after\0x-acs-retry-after\0connection\0"
                                "content-length\0transfer-encoding";
    char *value = c->mem + c->name;
    size_t len = c->used - c->name;
    unsigned i = osft_find(names, 6, c->mem + c->item, c->name - c->item);
    int64_t n;

    if (i == 6 || c->page->http_status < 200) { /* of no interest */
        c->is_long = 0;
        return OSFT_OK;
    }
    if (c->is_long) {
        return OSFT_E_HTTP; /* what was not stored could change what it means */
    }
    while (len > 0 && (uint8_t)value[len - 1] <= ' ') {
        len--;
    }
    if (i < 4) {
        struct osft_span *to = &c->page->date + i; /* they lie in a row */
        if (to->ptr == NULL) { /* the first counts, so that a peer cannot fill the buffer */
            value[len] = 0;
            to->ptr = value;
            to->len = len;
            c->item = c->used + 1; /* it stays, and the next line begins after it */
        }
    } else if (i == 4) {
        n = osft_integer(value, len);
        if (n >> 32 != 0 || (c->has_length && (uint32_t)n != c->length)) {
            return OSFT_E_HTTP;
        }
        c->has_length = 1;
        c->length = (uint32_t)n;
    } else if (c->is_chunked || osft_find("chunked", 1, value, len) != 0) {
        return OSFT_E_HTTP; /* said twice, it would mean chunks within chunks */
    } else {
        c->is_chunked = 1;
    }
    return OSFT_OK;
}

static int head_end(struct osft_client *c)
{
    struct osft_page *page = c->page;

    if (page->http_status < 200) { /* an interim answer; the real one follows */
        page->http_status = 0;
        c->http = STATUS;
        return OSFT_OK;
    }
    c->http = IN_NOTHING;
    if (page->http_status - 300U < 100) {
        return OSFT_E_REDIRECT;
    }
    if (page->http_status == 204) {
        return OSFT_OK;
    }
    if (c->is_chunked) {
        c->http = SIZE;
        return c->has_length | c->is_1_0 ? OSFT_E_HTTP : OSFT_OK;
    }
    if (!c->has_length) {
        c->http = IN_REST;
    } else if (c->length != 0) {
        c->http = IN_BODY;
    }
    return OSFT_OK;
}

static int body_byte(struct osft_client *c, uint8_t b)
{
    if (c->http != IN_REST && --c->length == 0) {
        c->http = c->http == IN_BODY ? IN_NOTHING : CHUNK_CR;
    }
    return c->page->stream != NULL ? c->page->stream->byte(c, b) : osft_answer_byte(c, b);
}

/* A line is over: what is kept of it lies before c->item, the rest is given up. */
static int line_end(struct osft_client *c, int what)
{
    int err;

    c->http = FIRST;
    err = what == DO_STATUS ? status_line(c) : what == DO_HEADER ? header(c) : head_end(c);
    c->used = c->item;
    return err;
}

static int digit(struct osft_client *c, uint8_t b)
{
    if (c->length >> 28 != 0) {
        return OSFT_E_HTTP;
    }
    c->length = c->length << 4 | ((b & 15U) + (b >> 6) * 9U); /* a letter: bit 6 */
    c->http = MORE_SIZE;
    return OSFT_OK;
}

/* A byte that leads to a state, and may be part of what is stored of a line. */
static void line_byte(struct osft_client *c, int next, uint8_t b)
{
    c->http = (uint8_t)next;
    if (next == SPACE) {
        c->name = c->used; /* the name ends here, the value begins */
    } else if (next < SPACE && c->used - c->item < OSFT_LINE_MAX && c->used + 2 < c->size) {
        /* In lower case: names, and the value of transfer-encoding. */
        int fold = next == NAME || (next == VALUE && c->mem[c->item] == 't');
        c->mem[c->used++] = (char)(fold ? b | 0x20 : b);
    } else if (next < SPACE) {
        c->is_long = 1;
    }
}

int osft_http_byte(struct osft_client *c, uint8_t b)
{
    int next;

    if (c->http >= IN_CHUNK) {
        return body_byte(c, b);
    }
    next = osft_next(grammar + c->http, b);
    if (next < 0 || ++c->head > OSFT_HEAD_MAX) {
        return OSFT_E_HTTP;
    }
    if (next >= DO_STATUS && next <= DO_HEAD) {
        return line_end(c, next);
    }
    if (next == DO_DIGIT) {
        return digit(c, b);
    }
    if (next == DO_SIZE) {
        c->head = 1; /* what may endure is the body; 0 would be: nothing has come */
        next = c->length != 0 ? IN_CHUNK : TRAILER;
    }
    line_byte(c, next, b);
    return OSFT_OK;
}
