/* SPDX-License-Identifier: Apache-2.0 */
/* A body is accepted exactly when a second reader of RFC 8259, written apart and by descent, accepts
 * it; and what is handed out lies in the body. */
#include "fuzz_support.h"

enum { TASKS = 16 };

struct text {
    const uint8_t *p, *end;
    int depth;
};

static int value(struct text *t);

static void space(struct text *t)
{
    while (t->p < t->end && memchr(" \t\n\r", *t->p, 4) != NULL) {
        t->p++;
    }
}

static int is(struct text *t, int b)
{
    if (t->p < t->end && *t->p == b) {
        t->p++;
        return 1;
    }
    return 0;
}

static int digits(struct text *t)
{
    const uint8_t *from = t->p;
    while (t->p < t->end && *t->p >= '0' && *t->p <= '9') {
        t->p++;
    }
    return t->p > from;
}

static int number(struct text *t)
{
    (void)is(t, '-');
    if (!is(t, '0') && !digits(t)) {
        return 0;
    }
    if (is(t, '.') && !digits(t)) {
        return 0;
    }
    if (is(t, 'e') || is(t, 'E')) {
        if (!is(t, '+')) {
            (void)is(t, '-');
        }
        return digits(t);
    }
    return 1;
}

/* The code unit of four hex digits, or -1. */
static long unit(struct text *t)
{
    long u = 0;
    int i;
    for (i = 0; i < 4; i++) {
        const char *hex = "0123456789abcdefABCDEF", *at;
        if (t->p == t->end || *t->p == 0 || (at = strchr(hex, *t->p)) == NULL) {
            return -1;
        }
        u = u * 16 + (at - hex < 16 ? at - hex : at - hex - 6);
        t->p++;
    }
    return u;
}

static int escape(struct text *t)
{
    long u;
    if (t->p == t->end) {
        return 0;
    }
    if (*t->p != 'u') {
        return memchr("\"\\/bfnrt", *t->p++, 8) != NULL;
    }
    t->p++;
    u = unit(t);
    if (u < 0 || (u >= 0xdc00 && u < 0xe000)) {
        return 0;
    }
    if (u < 0xd800 || u >= 0xe000) {
        return 1;
    }
    if (!is(t, '\\') || !is(t, 'u')) {
        return 0;
    }
    u = unit(t);
    return u >= 0xdc00 && u < 0xe000;
}

/* One character past ASCII, by its value. */
static int character(struct text *t)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    uint32_t b = *t->p++, c;
    int more = b >= 0xf8 ? 0 : b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : 0, i;

    c = b & (0x3fU >> more);
    for (i = 0; i < more; i++) {
        if (t->p == t->end || (*t->p & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (*t->p++ & 0x3f);
    }
    return more > 0 && c >= least[more] && c < 0x110000 && (c < 0xd800 || c >= 0xe000);
}

static int string(struct text *t)
{
    if (!is(t, '"')) {
        return 0;
    }
    while (t->p < t->end) {
        if (is(t, '"')) {
            return 1;
        }
        if (is(t, '\\')) {
            if (!escape(t)) {
                return 0;
            }
        } else if (*t->p >= 0x80) {
            if (!character(t)) {
                return 0;
            }
        } else if (*t->p++ < 0x20) {
            return 0;
        }
    }
    return 0;
}

static int literal(struct text *t, const char *s)
{
    size_t n = strlen(s);
    if ((size_t)(t->end - t->p) < n || memcmp(t->p, s, n) != 0) {
        return 0;
    }
    t->p += n;
    return 1;
}

static int members(struct text *t, int closes)
{
    if (++t->depth > OSFT_JSON_DEPTH) {
        return 0;
    }
    space(t);
    if (!is(t, closes)) {
        do {
            space(t);
            if (closes == '}') {
                if (!string(t)) {
                    return 0;
                }
                space(t);
                if (!is(t, ':')) {
                    return 0;
                }
            }
            if (!value(t)) {
                return 0;
            }
        } while (is(t, ','));
        if (!is(t, closes)) {
            return 0;
        }
    }
    t->depth--;
    return 1;
}

static int value(struct text *t)
{
    int ok;
    space(t);
    if (t->p == t->end) {
        return 0;
    }
    switch (*t->p) {
    case '{':
        t->p++;
        ok = members(t, '}');
        break;
    case '[':
        t->p++;
        ok = members(t, ']');
        break;
    case '"': ok = string(t); break;
    case 't': ok = literal(t, "true"); break;
    case 'f': ok = literal(t, "false"); break;
    case 'n': ok = literal(t, "null"); break;
    default: ok = number(t); break;
    }
    space(t);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_in in = { data, size };
    unsigned flags = fuzz_byte(&in);
    struct osft_task tasks[TASKS];
    struct osft_page page = { .tasks = tasks, .max = flags >> 1 & 15 };
    char *body = fuzz_copy(in.p, in.left);
    struct text t = { in.p, in.p + in.left, 0 };
    int valid = value(&t) && t.p == t.end;
    int err = osft_parse(body, in.left, flags & 1, &page);

    FUZZ_CHECK(valid == (err != OSFT_E_JSON && err != OSFT_E_HTML && err != OSFT_E_EMPTY));
    FUZZ_CHECK(err != OSFT_E_SPACE && err <= 0);
    FUZZ_CHECK(page.offset <= in.left && (!valid || page.offset == in.left));
    FUZZ_CHECK(osft_json_reason(page.expected) != NULL);
    fuzz_page(&page, body, in.left);
    (void)osft_refusal(&page);
    free(body);
    return 0;
}
