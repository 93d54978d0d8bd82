/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over extendInfo: which scalars it finds, which texts it refuses, and that it accesses no
 * byte outside of the text. Numbers are tested in test_metrics_numbers.c. */
#include "fake.h"
#include "suite.h"
#include "json.h"
#include "osft_metrics.h"

/* The outcome of a walk as text: "path=value " for each scalar, with ! before those that belong to
 * errors; at the end, unless it is 0, the result of osft_metrics_next() and the place where it
 * stopped. */
struct told {
    size_t len;
    char text[20000];
};

static void tell(struct told *t, const char *s, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++) {
        assert_true(t->len + 8 < sizeof(t->text));
        if (s[i] == 0) {
            t->len += (size_t)sprintf(t->text + t->len, "<0>");
        } else {
            t->text[t->len++] = s[i];
        }
    }
    t->text[t->len] = 0;
}

/* Assert what holds for every scalar. */
static void check_scalar(const struct osft_metrics *m)
{
    size_t i;

    assert_true(m->depth <= OSFT_METRIC_DEPTH);
    assert_true(m->text.ptr >= m->memory && m->text.ptr + m->text.len <= m->memory + m->size);
    assert_true(m->offset <= m->size);
    if (m->kind == OSFT_METRIC_TEXT) {
        assert_int_equal(m->text.ptr[m->text.len], 0);
    }
    if (m->kind != OSFT_METRIC_NUMBER) {
        assert_int_equal(m->number, 0);
        assert_int_equal(m->scale, 0);
    }
    for (i = 0; i < m->depth; i++) {
        const struct osft_metric_step *step = &m->path[i];
        if (step->name.ptr != NULL) {
            assert_true(step->name.ptr + step->name.len < m->memory + m->size);
            assert_int_equal(step->name.ptr[step->name.len], 0);
        }
    }
    for (i = m->depth; i > 0 && m->path[i - 1].name.ptr == NULL; i--) {
    }
    assert_ptr_equal(m->name.ptr, i > 0 ? m->path[i - 1].name.ptr : NULL);
    assert_int_equal(m->name.len, i > 0 ? m->path[i - 1].name.len : 0);
}

static void tell_scalar(struct told *t, const struct osft_metrics *m)
{
    static const char *const words[] = { "", "", "huge:", "'", "true", "false", "null" };
    char path[4000], number[64];
    size_t len = osft_metrics_path(m, path, sizeof(path));

    assert_true(len < sizeof(path));
    assert_int_equal(path[len], 0);
    tell(t, m->is_error ? "!" : "", m->is_error);
    tell(t, path, len);
    tell(t, "=", 1);
    tell(t, words[m->kind], strlen(words[m->kind]));
    if (m->kind == OSFT_METRIC_NUMBER) {
        sprintf(number, "%lld/%u", (long long)m->number, m->scale);
        tell(t, number, strlen(number));
    } else if (m->kind <= OSFT_METRIC_TEXT) {
        tell(t, m->text.ptr, m->text.len);
    }
    tell(t, m->kind == OSFT_METRIC_TEXT ? "' " : " ", m->kind == OSFT_METRIC_TEXT ? 2 : 1);
}

/* Walk over a copy in an allocation of exactly the text's length, so that ASan finds a read past
 * its end. Returns the last result. */
static int walk(struct told *t, const char *text, size_t len)
{
    struct osft_span span = { NULL, len };
    struct osft_metrics m;
    char *copy = malloc(len > 0 ? len : 1), end[32];
    int err;

    assert_non_null(copy);
    memcpy(copy, text, len);
    span.ptr = copy;
    t->len = 0;
    t->text[0] = 0;
    osft_metrics_init(&m, &span);
    while ((err = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        check_scalar(&m);
        tell_scalar(t, &m);
    }
    assert_int_equal(m.kind, OSFT_METRIC_END);
    assert_int_equal(m.depth, 0);
    assert_null(m.name.ptr);
    assert_null(m.text.ptr);
    if (err != OSFT_OK) {
        sprintf(end, "%d@%u", err, (unsigned)m.offset);
        tell(t, end, strlen(end));
    } else {
        assert_int_equal(m.offset, len);
    }
    assert_int_equal(osft_metrics_next(&m), err); /* the error is returned again */
    assert_int_equal(m.kind, OSFT_METRIC_END);
    free(copy);
    return err;
}

struct expected {
    const char *text, *told;
};

static void check_all(const struct expected *e, size_t count)
{
    static struct told t;
    size_t i;
    for (i = 0; i < count; i++) {
        (void)walk(&t, e[i].text, strlen(e[i].text));
        if (strcmp(t.text, e[i].told) != 0) {
            fail_msg("%s\n  gives   %s\n  and not %s", e[i].text, t.text, e[i].told);
        }
    }
}

#define CHECK_ALL(table) check_all(table, sizeof(table) / sizeof((table)[0]))

static void metrics_gives_every_scalar_with_its_path(void **state)
{
    static const struct expected table[] = {
        { "{\"recall\":91.49,\"auc\":0.7745,\"errors\":[]}", "recall=9149/2 auc=7745/4 " },
        { "{\"a\":true,\"b\":false,\"c\":null,\"d\":\"x\",\"e\":-1}",
          "a=true b=false c=null d='x' e=-1/0 " },
        { " { \"a\" : [ 1 , \"b\" , [ 2 , 3 ] , { \"c\" : 4 } ] , \"d\" : 5 } ",
          "a.0=1/0 a.1='b' a.2.0=2/0 a.2.1=3/0 a.3.c=4/0 d=5/0 " },
        { "{\"eval\":{\"recall\":1,\"by\":{\"day\":2}},\"x\":3}",
          "eval.recall=1/0 eval.by.day=2/0 x=3/0 " },
        { "[1,2]", "0=1/0 1=2/0 " },
        { "[[],[],7,{},8]", "2=7/0 4=8/0 " },
        { "[{\"a\":1},{\"a\":2,\"b\":3},[4]]", "0.a=1/0 1.a=2/0 1.b=3/0 2.0=4/0 " },
        { "{\"a\":1,\"a\":2,\"A\":3}", "a=1/0 a=2/0 A=3/0 " },
        { "{\"\":1,\"x\":{\"\":2}}", "=1/0 x.=2/0 " },
        { "{\"a.b\":{\"c\":1}}", "a.b.c=1/0 " },
        { "{\"a\":[],\"b\":{},\"c\":[{}],\"d\":[[[]]]}", "" },
        { "{}", "" },
        { "[]", "" },
        { "\t\r\n []\n", "" },
        { "[0,1,2,3,4,5,6,7,8,9,10]",
          "0=0/0 1=1/0 2=2/0 3=3/0 4=4/0 5=5/0 6=6/0 7=7/0 8=8/0 9=9/0 10=10/0 " },
    };
    (void)state;
    CHECK_ALL(table);
}

static void metrics_takes_a_bare_scalar(void **state)
{
    static const struct expected table[] = {
        { "1", "=1/0 " },       { "-0.5", "=-5/1 " },
        { " 12 ", "=12/0 " },   { "1e2\n", "=100/0 " },
        { "\"x\"", "='x' " },   { " \"\" ", "='' " },
        { "true", "=true " },   { "false ", "=false " },
        { "\tnull", "=null " }, { "1e999", "=huge:1e999 " },
    };
    (void)state;
    CHECK_ALL(table);
}

static void metrics_unescapes_texts_and_names(void **state)
{
    static const struct expected table[] = {
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "='\"\\/\b\f\n\r\t' " },
        { "\"\\u0041\\u00e9\\u4e2d\\ud834\\udd1e!\"",
          "='A\xc3\xa9\xe4\xb8\xad\xf0\x9d\x84\x9e!' " },
        { "{\"\\u0061\\n\":\"\\u0062\",\"c\\\"d\":[1,\"\\\\\"]}",
          "a\n='b' c\"d.0=1/0 c\"d.1='\\' " },
        { "{\"a\\u0000b\":\"c\\u0000\"}", "a<0>b='c<0>' " },
        { "{\"\xe4\xb8\xad\":\"\xf0\x9d\x84\x9e\"}", "\xe4\xb8\xad='\xf0\x9d\x84\x9e' " },
        { "[\"a\",\"\\u0041\",\"\",\"b\"]", "0='a' 1='A' 2='' 3='b' " },
        { "{\"a\":\"}\",\"b\":\"]\",\"c\":\",\",\"d\":\"\\\"\"}", "a='}' b=']' c=',' d='\"' " },
        { "\"123\"", "='123' " },
    };
    (void)state;
    CHECK_ALL(table);
}

static void metrics_marks_what_belongs_to_errors(void **state)
{
    static const struct expected table[] = {
        { "{\"errors\":[\"a\",\"b\"],\"x\":1}", "!errors.0='a' !errors.1='b' x=1/0 " },
        { "{\"errors\":[{\"code\":\"C\",\"message\":\"M\"},{\"code\":7}]}",
          "!errors.0.code='C' !errors.0.message='M' !errors.1.code=7/0 " },
        { "{\"Errors\":[null]}", "!Errors.0=null " },
        { "{\"\\u0065rrors\":\"x\"}", "!errors='x' " },
        { "{\"x\":0,\"errors\":{\"y\":[1]},\"z\":2}", "x=0/0 !errors.y.0=1/0 z=2/0 " },
        { "{\"x\":{\"errors\":[1]},\"error\":2,\"errorss\":3,\"ERRORS\":4}",
          "x.errors.0=1/0 error=2/0 errorss=3/0 !ERRORS=4/0 " },
        { "{\"errorz\":1,\"urrors\":2}", "errorz=1/0 urrors=2/0 " },
        { "[{\"errors\":1}]", "0.errors=1/0 " },
        { "[[],\"errors\"]", "1='errors' " },
        { "\"errors\"", "='errors' " },
    };
    (void)state;
    CHECK_ALL(table);
}

static void metrics_refuses_what_is_no_json(void **state)
{
    static const struct expected table[] = {
        { "", "-33@0" },
        { "  ", "-33@2" },
        { "x", "-33@0" },
        { "{\"a\":1", "-33@6" },
        { "{\"a\":12}x", "a=12/0 -33@8" },
        { "{\"a\":01}", "-33@6" },
        { "{\"a\":1.}", "-33@7" },
        { "{\"a\":-}", "-33@6" },
        { "{\"a\":1e}", "-33@7" },
        { "{\"a\":1e+}", "-33@8" },
        { "{\"a\":.5}", "-33@5" },
        { "{\"a\":+5}", "-33@5" },
        { "{\"a\":1x}", "-33@6" },
        { "{\"a\":1,}", "a=1/0 -33@7" },
        { "{\"a\":1]", "-33@6" },
        { "[1}", "-33@2" },
        { "[1,]", "0=1/0 -33@3" },
        { "[1 2]", "-33@3" },
        { "1 2", "-33@2" },
        { "1,2", "-33@1" },
        { "{\"a\" 1}", "-33@5" },
        { "{a:1}", "-33@1" },
        { "{\"a\":tru}", "-33@8" },
        { "[truee]", "-33@5" },
        { "[NaN]", "-33@1" },
        { "[Infinity,-Infinity]", "-33@1" },
        { "\"a", "-33@2" },
        { "\"\\u12", "-33@5" },
        { "\"\\ud800\"", "-33@7" },
        { "\"\x80\"", "-33@1" },
        { "\"a\nb\"", "-33@2" },
        { "\xef\xbb\xbf[]", "-33@0" },
        { "{\"a\":\"b\"", "-33@8" },
        { "{'a':1}", "-33@1" },
        { "[] []", "-33@3" },
    };
    static struct told t;
    (void)state;
    CHECK_ALL(table);
    assert_int_equal(walk(&t, "1\0", 2), OSFT_E_JSON);
    assert_int_equal(walk(&t, "[1\0]", 4), OSFT_E_JSON);
    assert_int_equal(walk(&t, "\"\0\"", 3), OSFT_E_JSON);
}

static void metrics_bounds_nesting(void **state)
{
    static const struct expected table[] = {
        { "[[[[[[1]]]]]]", "0.0.0.0.0.0=1/0 " },
        { "[[[[[[]]]]],2]", "1=2/0 " },
        { "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":1}}}}}}", "a.b.c.d.e.f=1/0 " },
        { "[1,[[[[[[2]]]]]]]", "0=1/0 -38@8" },
        { "[[[[[[[", "-38@6" },
        { "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{}}}}}}}", "-38@30" },
    };
    static struct told t;
    static char deep[5000];
    (void)state;
    assert_int_equal(OSFT_METRIC_DEPTH, 6);
    CHECK_ALL(table);
    memset(deep, '[', sizeof(deep));
    assert_int_equal(walk(&t, deep, sizeof(deep)), OSFT_E_DEPTH);
}

static void metrics_of_an_absent_text_are_none(void **state)
{
    struct osft_span absent = { NULL, 0 };
    struct osft_metrics m;
    int i;
    (void)state;
    memset(&m, 0x5a, sizeof(m));
    osft_metrics_init(&m, &absent);
    for (i = 0; i < 3; i++) {
        assert_int_equal(osft_metrics_next(&m), OSFT_OK);
        assert_int_equal(m.kind, OSFT_METRIC_END);
        assert_int_equal(m.offset, 0);
    }
}

/* A text with every kind of value and name. */
static const char rich[] =
    " {\"recall\":91.49,\"a\\u0062\\n\":{\"auc\":0.7745e-2,\"huge\":1e400,\"t\":true,\"f\":false},"
    "\"n\":null,\"\":\"\",\"\xe4\xb8\xad\":\"\\ud834\\udd1e\\u0000\\\\\",\"l\":[[],{},-0,[12,\"x\"]"
    "],"
    "\"errors\":[\"one\",{\"code\":\"E\\t1\",\"n\":10}]} ";

static void metrics_of_a_text_cut_anywhere_are_a_beginning_and_an_error(void **state)
{
    static struct told whole, cut;
    size_t len = sizeof(rich) - 1, k;
    (void)state;
    assert_int_equal(walk(&whole, rich, len), OSFT_OK);
    /* the byte that is missing is only a space */
    assert_int_equal(walk(&cut, rich, len - 1), OSFT_OK);
    for (k = 0; k < len - 1; k++) {
        char end[32];
        int n = sprintf(end, "-33@%u", (unsigned)k);
        assert_int_equal(walk(&cut, rich, k), OSFT_E_JSON);
        assert_true(cut.len >= (size_t)n);
        cut.len -= (size_t)n;
        assert_string_equal(cut.text + cut.len, end);
        assert_memory_equal(cut.text, whole.text, cut.len);
        assert_true(cut.len <= whole.len);
    }
}

/* The walk and the grammar check accept the same texts, also when any one byte is changed. */
static void metrics_agree_with_the_grammar_when_any_byte_is_changed(void **state)
{
    static const char bytes[] = "\"\\{}[],:-+.0eE tfn\x80\xc3\x1f\x7f";
    static struct told t;
    char bent[sizeof(rich)];
    size_t k, b;
    (void)state;
    for (k = 0; k < sizeof(rich) - 1; k++) {
        for (b = 0; b < sizeof(bytes); b++) {
            struct osft_json json;
            struct osft_json_text text;
            const char *at = bent;
            int event, ok;
            memcpy(bent, rich, sizeof(bent));
            bent[k] = bytes[b];
            osft_json_init(&json);
            do {
                event = osft_json_read(&json, &at, bent + sizeof(rich) - 1, &text);
            } while (event > OSFT_JSON_MORE);
            ok = event == OSFT_JSON_MORE && osft_json_is_complete(&json);
            assert_int_equal(walk(&t, bent, sizeof(rich) - 1), ok ? OSFT_OK : OSFT_E_JSON);
        }
    }
}

/* Texts and names that the walk returned stay unchanged until the walk ends. */
static void metrics_texts_and_names_stay_until_the_walk_ends(void **state)
{
    struct osft_span given[64], copies[64], span = { NULL, sizeof(rich) - 1 };
    struct osft_metrics m;
    char *copy = malloc(span.len);
    size_t n = 0, i;
    (void)state;
    assert_non_null(copy);
    memcpy(copy, rich, span.len);
    span.ptr = copy;
    osft_metrics_init(&m, &span);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        given[n++] = m.text;
        given[n++] = m.name;
        given[n++] = m.path[0].name;
        assert_true(n + 3 < sizeof(given) / sizeof(given[0]));
        for (i = n - 3; i < n; i++) {
            char *kept = malloc(given[i].len + 1);
            assert_non_null(kept);
            memcpy(kept, given[i].ptr, given[i].len);
            copies[i].ptr = kept;
        }
    }
    assert_int_equal(n, 3 * 14);
    for (i = 0; i < n; i++) {
        assert_memory_equal(given[i].ptr, copies[i].ptr, given[i].len);
        free((char *)(uintptr_t)copies[i].ptr);
    }
    free(copy);
}

static int path_is(const struct osft_metrics *m, const char *path)
{
    char text[64];
    size_t len = osft_metrics_path(m, text, sizeof(text));
    assert_true(len < sizeof(text));
    return len == strlen(path) && memcmp(text, path, len) == 0;
}

static void next_is(struct osft_metrics *m, const char *path)
{
    assert_int_equal(osft_metrics_next(m), OSFT_OK);
    assert_int_equal(path_is(m, path), 1);
}

static void metrics_paths_are_compared_whole(void **state)
{
    char text[] = "{\"eval\":{\"recall\":1},\"l\":[0,0,0,0,0,0,0,0,0,0,{\"x\":1}],\"a\\u0000b\":2,"
                  "\"\":3,\"d.e\":4}";
    static const char *const others[] = { "",       "eval",         "eval.",         "eval.recal",
                                          "recall", "eval.recall.", "eval.recall.0", "eval.recall2",
                                          ".",      "Eval.recall",  "eval/recall",   "evalrecall" };
    struct osft_span span = { text, sizeof(text) - 1 };
    struct osft_metrics m;
    size_t i;
    (void)state;
    osft_metrics_init(&m, &span);
    next_is(&m, "eval.recall");
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(path_is(&m, others[i]), 0);
    }
    for (i = 0; i < 10; i++) {
        char index[8];
        sprintf(index, "l.%u", (unsigned)i);
        next_is(&m, index);
    }
    next_is(&m, "l.10.x");
    assert_int_equal(path_is(&m, "l.1.x"), 0);
    assert_int_equal(path_is(&m, "l.100.x"), 0);
    assert_int_equal(path_is(&m, "l.010.x"), 0);
    assert_int_equal(osft_metrics_next(&m), OSFT_OK);
    assert_int_equal(path_is(&m, "a"), 0); /* a NUL within a name is part of it */
    next_is(&m, "");
    next_is(&m, "d.e");
    assert_int_equal(osft_metrics_next(&m), OSFT_OK);
    assert_int_equal(m.kind, OSFT_METRIC_END);
}

static void metrics_paths_are_cut_to_fit(void **state)
{
    char text[] = "{\"errors\":[0,{\"code\":1}]}";
    static const char want[] = "errors.1.code";
    struct osft_span span = { text, sizeof(text) - 1 };
    struct osft_metrics m;
    size_t cap;
    (void)state;
    osft_metrics_init(&m, &span);
    next_is(&m, "errors.0");
    next_is(&m, want);
    assert_int_equal(osft_metrics_path(&m, NULL, 0), sizeof(want) - 1);
    for (cap = 1; cap < sizeof(want) + 3; cap++) {
        char *dst = malloc(cap);
        size_t fits = cap < sizeof(want) ? cap - 1 : sizeof(want) - 1;
        assert_non_null(dst);
        memset(dst, 'x', cap);
        assert_int_equal(osft_metrics_path(&m, dst, cap), sizeof(want) - 1);
        assert_memory_equal(dst, want, fits);
        assert_int_equal(dst[fits], 0);
        free(dst);
    }
}

/* In an array of more than 100,000 elements, the index is counted and written in decimal. */
static void metrics_count_long_arrays(void **state)
{
    size_t count = 123457, i;
    char *text = malloc(2 * count + 1), want[16];
    struct osft_span span = { NULL, 0 };
    struct osft_metrics m;
    (void)state;
    assert_non_null(text);
    text[0] = '[';
    for (i = 0; i < count; i++) {
        text[1 + 2 * i] = '7';
        text[2 + 2 * i] = i + 1 < count ? ',' : ']';
    }
    span.ptr = text;
    span.len = 2 * count + 1;
    osft_metrics_init(&m, &span);
    for (i = 0; i < count; i++) {
        assert_int_equal(osft_metrics_next(&m), OSFT_OK);
        assert_int_equal(m.path[0].index, i);
    }
    sprintf(want, "%u", (unsigned)count - 1);
    assert_true(path_is(&m, want));
    assert_int_equal(osft_metrics_next(&m), OSFT_OK);
    assert_int_equal(m.kind, OSFT_METRIC_END);
    free(text);
}

static void check_file(const char *name, char *text, size_t len)
{
    static struct told t;
    int err = walk(&t, text, len);
    if ((name[0] == 'y' && err != OSFT_OK) || (name[0] == 'n' && err == OSFT_OK)) {
        fail_msg("%s: %d", name, err);
    }
}

static void metrics_agree_with_the_public_suite(void **state)
{
    (void)state;
    suite_each(check_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_gives_every_scalar_with_its_path),
        cmocka_unit_test(metrics_takes_a_bare_scalar),
        cmocka_unit_test(metrics_unescapes_texts_and_names),
        cmocka_unit_test(metrics_marks_what_belongs_to_errors),
        cmocka_unit_test(metrics_refuses_what_is_no_json),
        cmocka_unit_test(metrics_bounds_nesting),
        cmocka_unit_test(metrics_of_an_absent_text_are_none),
        cmocka_unit_test(metrics_of_a_text_cut_anywhere_are_a_beginning_and_an_error),
        cmocka_unit_test(metrics_agree_with_the_grammar_when_any_byte_is_changed),
        cmocka_unit_test(metrics_texts_and_names_stay_until_the_walk_ends),
        cmocka_unit_test(metrics_paths_are_compared_whole),
        cmocka_unit_test(metrics_paths_are_cut_to_fit),
        cmocka_unit_test(metrics_count_long_arrays),
        cmocka_unit_test(metrics_agree_with_the_public_suite),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
