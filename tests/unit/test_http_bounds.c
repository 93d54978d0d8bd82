/* SPDX-License-Identifier: Apache-2.0 */
/* Responses whose head does not end, does not fit, or just fits. */
#include "fake.h"

#define BODY        "{\"result\":[{\"generation\":7}],\"latency\":123}"
#define BODY_LENGTH "43"

/* One attempt, so that the headers that matter to retries are read. */
static const struct osft_retry once = OSFT_RETRY(1, 10000, 500, 20000);

#define NOON   "Fri, 01 May 2026 12:00:00 GMT"
#define NOON_S 1777636800

/* Assert the result of a raw response that arrives whole, and of the same byte by byte. */
static void check(const char *raw, int err)
{
    size_t step;
    for (step = 0; step < 2; step++) {
        struct setup *s = setup_new(2048, raw, strlen(raw));
        int got;
        s->fake.step = step;
        got = setup_list(s);
        if (got != err) {
            fail_msg("%d, not %d, by %zu: %.300s", got, err, step, raw);
        }
        assert_int_equal(s->page.count, err == OSFT_OK);
        setup_free(s);
    }
}

/* Assert that a response of head, followed by piece repeated without end, is refused once
 * OSFT_HEAD_MAX bytes were received. */
static void check_endless(const char *head, const char *piece)
{
    static char raw[4 * OSFT_HEAD_MAX];
    size_t at = strlen(head), step;
    memcpy(raw, head, at);
    while (at + strlen(piece) <= sizeof(raw)) {
        memcpy(raw + at, piece, strlen(piece));
        at += strlen(piece);
    }
    for (step = 0; step < 3; step++) {
        struct setup *s = setup_new(2048, raw, at);
        s->fake.step = step;
        assert_int_equal(setup_list(s), OSFT_E_HTTP);
        assert_true(s->fake.given < at);
        setup_free(s);
    }
}

static void endless_heads_are_bounded(void **state)
{
    static const char chunked[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    char begun[128];
    (void)state;
    check_endless("", "HTTP/1.1 100 Continue\r\n\r\n");
    check_endless("", "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n");
    check_endless("HTTP/1.1 200 ", "O");
    check_endless("HTTP/1.1 200 OK\r\n", "A: b\r\n");
    check_endless("HTTP/1.1 200 OK\r\nA: ", "b");
    check_endless("HTTP/1.1 200 OK\r\n", "A");
    snprintf(begun, sizeof(begun), "%s1;", chunked);
    check_endless(begun, "a");
    snprintf(begun, sizeof(begun), "%s2\r\n{}\r\n0\r\n", chunked);
    check_endless(begun, "A: b\r\n");
    snprintf(begun, sizeof(begun), "%s2\r\n{}\r\n0\r\nA: ", chunked);
    check_endless(begun, "b");
    snprintf(begun, sizeof(begun), "%s0", chunked);
    check_endless(begun, "0");
}

static void a_head_of_just_the_bound_passes_and_one_byte_more_does_not(void **state)
{
    static char raw[OSFT_HEAD_MAX + 128];
    static const char start[] = "HTTP/1.1 200 OK\r\nA: ";
    static const char end[] = "\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY;
    size_t more;
    (void)state;
    for (more = 0; more < 2; more++) {
        size_t fill = OSFT_HEAD_MAX + more - strlen(start) - (strlen(end) - strlen(BODY));
        memcpy(raw, start, strlen(start));
        memset(raw + strlen(start), 'b', fill);
        memcpy(raw + strlen(start) + fill, end, sizeof(end));
        check(raw, more ? OSFT_E_HTTP : OSFT_OK);
    }
}

/* Make a response with a header line `name: value` whose value has len bytes, between other lines.
 */
static size_t with_long_line(char *raw, size_t size, const char *name, size_t len)
{
    int n = snprintf(raw, size,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s: %0*d\r\n"
                     "Content-Length: " BODY_LENGTH "\r\nDate: " NOON "\r\n\r\n" BODY,
                     name, (int)len, 0);
    assert_true(n > 0 && (size_t)n < size);
    return (size_t)n;
}

static void a_long_line_of_no_interest_needs_no_room(void **state)
{
    static char raw[8192];
    struct setup *s = setup_body(0, "200 OK", "{}");
    size_t len = with_long_line(raw, sizeof(raw), "Set-Cookie", 4096), need, first;
    (void)state;
    assert_int_equal(setup_list(s), OSFT_E_SPACE);
    need = s->client.reply.need; /* the room that the request alone needs */
    setup_free(s);
    for (first = 0; first < len; first += first < 200 || first > 4100 ? 1 : 97) {
        s = setup_new(need, raw, len);
        s->settings.retry = &once;
        s->fake.first = first;
        s->fake.step = first % 5 == 0 ? 1 : 0;
        assert_int_equal(setup_list(s), OSFT_OK);
        assert_int_equal(s->client.reply.date_s, NOON_S);
        assert_span(s->tasks[0].generation, "7");
        assert_int_equal(s->client.reply.need, need);
        setup_free(s);
    }
    len = with_long_line(raw, sizeof(raw),
                         "X-A-Name-That-Alone-Is-Longer-Than-What-Is-Kept-Of-A-Line-"
                         "0123456789012345678901234567890123456789012345678901234"
                         "56789012345678901234567890123456789-End",
                         4);
    check(raw, OSFT_OK);
}

static void fill(char *to, size_t size, const char *start, char with, size_t n, const char *end)
{
    size_t at = strlen(start);
    assert_true(at + n + strlen(end) < size);
    memcpy(to, start, at);
    memset(to + at, with, n);
    memcpy(to + at + n, end, strlen(end) + 1);
}

/* The part of a line beyond OSFT_LINE_MAX is dropped, and could change the meaning of the part that
 * is kept. */
static void a_long_line_that_decides_where_the_body_ends_is_refused(void **state)
{
    static const struct {
        const char *start;
        char with;
        const char *end;
    } lines[] = { { "Content-Length: ", '0', BODY_LENGTH "\r\n\r\n" BODY },
                  { "Content-Length: " BODY_LENGTH, ' ', "9\r\n\r\n" BODY },
                  { "Content-Length: " BODY_LENGTH "\r\n", ' ', "9\r\n\r\n" BODY }, /* folded */
                  { "Transfer-Encoding: chunked", ' ',
                    ", gzip\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n" },
                  { "Transfer-Encoding: chunked", '\t', "x\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n" } };
    char raw[1024], start[80];
    size_t i, n;
    (void)state;
    for (i = 0; i < COUNT(lines); i++) {
        snprintf(start, sizeof(start), "HTTP/1.1 200 OK\r\n%s", lines[i].start);
        for (n = OSFT_LINE_MAX; n < OSFT_LINE_MAX + 200; n += 33) {
            fill(raw, sizeof(raw), start, lines[i].with, n, lines[i].end);
            check(raw, OSFT_E_HTTP);
        }
    }
}

/* Lines that are too long and have any other name are skipped, whatever their value begins with. */
static void a_long_line_that_matters_to_retries_only_is_skipped(void **state)
{
    static const char *const starts[] = { ("Date: " NOON), "Retry-After: 12", "Connection: close",
                                          "Keep-Alive: timeout=5", "x-acs-retry-after: 300" };
    char raw[1024], start[80];
    size_t i, n;
    (void)state;
    for (i = 0; i < COUNT(starts); i++) {
        for (n = 0; n < OSFT_LINE_MAX + 200; n += OSFT_LINE_MAX) {
            struct setup *s;
            int is_read = n == 0;
            snprintf(start, sizeof(start), "HTTP/1.1 200 OK\r\n%s", starts[i]);
            fill(raw, sizeof(raw), start, ' ', n,
                 "\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY);
            s = setup_new(1024, raw, strlen(raw));
            s->settings.retry = &once;
            assert_int_equal(setup_list(s), OSFT_OK);
            assert_int_equal(s->client.reply.date_s, is_read && i == 0 ? NOON_S : -1);
            assert_int_equal(s->client.reply.retry_after_ms, !is_read ? 0
                                                             : i == 1 ? 12000
                                                             : i == 4 ? 300
                                                                      : 0);
            assert_int_equal(s->client.is_open, !(is_read && i == 2));
            setup_free(s);
        }
    }
}

/* The part that is cut off a long status line does not matter, and the lines after it are read as
 * usual. */
static void a_long_status_line_is_accepted(void **state)
{
    char raw[1024];
    size_t n;
    (void)state;
    for (n = 0; n < 400; n++) {
        fill(raw, sizeof(raw), "HTTP/1.1 200 ", 'x', n,
             "\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY);
        check(raw, OSFT_OK);
        fill(raw, sizeof(raw), "HTTP/1.1 200 ", 'x', n,
             "\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n" BODY "\r\n0\r\n\r\n");
        check(raw, OSFT_OK);
        fill(raw, sizeof(raw), "HTTP/1.1 103 ", 'x', n,
             "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY);
        check(raw, OSFT_OK);
        fill(raw, sizeof(raw), "HTTP/1.1 200 OK\r\nX: ", 'x', n,
             "\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY);
        check(raw, OSFT_OK);
    }
}

static void make_request_small(struct setup *s)
{
    s->query.app_group.len = s->query.function.len = s->query.instance.len = 1;
    s->credentials.id.len = 1;
    s->settings.host = "h";
}

/* All headers that matter, each as long as a line that is kept, in a buffer that just holds the
 * request. */
static void long_headers_fit_into_a_small_buffer(void **state)
{
    static char raw[4096];
    size_t room, step, len, need;
    struct setup *s;
    char fill_up[OSFT_LINE_MAX];
    (void)state;
    memset(fill_up, ' ', sizeof(fill_up));
    len = (size_t)snprintf(raw, sizeof(raw),
                           "HTTP/1.1 503 %.100s\r\nDate:%.90s" NOON "\r\nRetry-After:%.110s7\r\n"
                           "Keep-Alive:%.100stimeout=5\r\nx-acs-retry-after:%.100s5\r\n"
                           "Connection:%.100skeep-alive\r\nContent-Length:%.100s24\r\n\r\n"
                           "{\"Code\":\"Throttling.User\"}",
                           fill_up, fill_up, fill_up, fill_up, fill_up, fill_up, fill_up);
    s = setup_new(0, raw, len);
    make_request_small(s);
    assert_int_equal(setup_list(s), OSFT_E_SPACE);
    need = s->client.reply.need; /* the room that the request needs */
    setup_free(s);
    assert_true(need < 640);
    for (room = need; room <= need + 100; room += 7) {
        for (step = 0; step < 40; step += 13) {
            s = setup_new(room, raw, len);
            make_request_small(s);
            s->settings.retry = &once;
            s->fake.step = step;
            assert_int_equal(setup_list(s), OSFT_E_REFUSED);
            assert_int_equal(s->client.reply.date_s, NOON_S);
            assert_int_equal(s->client.reply.retry_after_ms, 7000);
            setup_free(s);
        }
    }
}

/* A trailer is skipped, however little room the body has left. */
static void a_trailer_needs_no_room(void **state)
{
    static char raw[2048];
    char body[1200];
    size_t room, step, need = 0;
    (void)state;
    snprintf(body, sizeof(body), "{\"result\":[{\"generation\":7,\"runId\":\"%0900d\"}]}", 0);
    snprintf(raw, sizeof(raw),
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n"
             "Trailer: %0200d\r\nA: b\r\n\r\n",
             strlen(body), body, 0);
    for (room = 2048; room == 2048 || room >= need; room = room == 2048 ? need + 300 : room - 1) {
        for (step = 0; step < 3; step++) {
            struct setup *s = setup_new(room, raw, strlen(raw));
            s->fake.step = step;
            assert_int_equal(setup_list(s), OSFT_OK);
            assert_int_equal(s->tasks[0].run_id.len, 900);
            need = s->client.reply.need;
            setup_free(s);
        }
    }
}

/* Each line is dropped once it was read, so there is always room to receive into. */
static void repeated_lines_do_not_fill_the_buffer(void **state)
{
    static char raw[OSFT_HEAD_MAX];
    size_t at, i, step;
    (void)state;
    at = (size_t)snprintf(raw, sizeof(raw), "HTTP/1.1 200 OK\r\n");
    for (i = 0; i < 50; i++) {
        at += (size_t)snprintf(raw + at, sizeof(raw) - at, "Date: %0100d\r\nRetry-After: %090d\r\n",
                               (int)i, (int)i);
    }
    at += (size_t)snprintf(raw + at, sizeof(raw) - at,
                           "Date: " NOON "\r\nContent-Length: " BODY_LENGTH "\r\n\r\n" BODY);
    for (step = 0; step < 3; step++) {
        size_t need, room = 8192;
        for (need = 0; need != room; room = need) {
            struct setup *s = setup_new(room, raw, at);
            s->settings.retry = &once;
            s->fake.step = step;
            assert_int_equal(setup_list(s), OSFT_OK);
            assert_int_equal(s->client.reply.date_s, NOON_S);
            /* a number of 91 digits is ignored */
            assert_int_equal(s->client.reply.retry_after_ms, 0);
            need = s->client.reply.need;
            assert_true(need <= room);
            setup_free(s);
        }
    }
}

/* Even the smallest request is larger than the longest header line that is kept. So a buffer that
 * held the request never runs out of room within the head. */
static void the_smallest_request_leaves_room_for_every_head(void **state)
{
    struct setup *s = setup_new(8192, "", 0);
    (void)state;
    make_request_small(s);
    assert_int_equal(setup_list(s), OSFT_E_CUT);
    assert_true(s->client.reply.need > OSFT_LINE_MAX);
    /* 400: the largest line limit that osft_config.h allows */
    assert_true(s->client.reply.need > 400);
    setup_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_heads_are_bounded),
        cmocka_unit_test(a_head_of_just_the_bound_passes_and_one_byte_more_does_not),
        cmocka_unit_test(a_long_line_of_no_interest_needs_no_room),
        cmocka_unit_test(a_long_line_that_decides_where_the_body_ends_is_refused),
        cmocka_unit_test(a_long_line_that_matters_to_retries_only_is_skipped),
        cmocka_unit_test(a_long_status_line_is_accepted),
        cmocka_unit_test(long_headers_fit_into_a_small_buffer),
        cmocka_unit_test(a_trailer_needs_no_room),
        cmocka_unit_test(repeated_lines_do_not_fill_the_buffer),
        cmocka_unit_test(the_smallest_request_leaves_room_for_every_head),
    };
    return cmocka_run_group_tests_name("http, bounds", tests, NULL, NULL);
}
