/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in a small work buffer: reply.need suffices, one byte less does not, and unknown members
 * need no room. */
#include "fake.h"
#include "response.h"

/* The outcome of reading a body. */
struct outcome {
    int result;
    size_t need, count;
    uint32_t tasks, left_out;
    int32_t reason; /* the reason of the first omission */
    uint16_t http_status;
    char text[4096]; /* all members that were delivered, as one text to compare */
};

static void add(struct outcome *o, struct osft_span s)
{
    size_t at = strlen(o->text);
    if (s.ptr != NULL && at + s.len + 2 < sizeof(o->text)) {
        assert_int_equal(s.ptr[s.len], 0);
        memcpy(o->text + at, s.ptr, s.len);
        at += s.len;
    }
    snprintf(o->text + at, sizeof(o->text) - at, "|");
}

static void add_number(struct outcome *o, int64_t number)
{
    size_t at = strlen(o->text);
    snprintf(o->text + at, sizeof(o->text) - at, "%lld|", (long long)number);
}

static void add_task(struct outcome *o, const struct osft_task *task)
{
    add(o, task->function);
    add(o, task->status);
    add(o, task->run_id);
    add(o, task->generation);
    add(o, task->extend_info);
    add_number(o, task->start_ms);
    add_number(o, task->end_ms);
    add_number(o, task->progress);
}

static void describe(struct outcome *o, const struct osft_page *page,
                     const struct osft_reply *reply)
{
    size_t i;
    for (i = 0; page->on_task == NULL && i < page->count; i++) {
        add_task(o, &page->tasks[i]);
    }
    add(o, reply->status);
    add(o, reply->code);
    add(o, reply->message);
    add(o, reply->request_id);
    add_number(o, reply->total);
    add_number(o, reply->latency_ms);
    add_number(o, reply->http_code);
    add_number(o, reply->left_out);
    if (reply->left_out != 0) {
        add(o, reply->omission.task.run_id);
        add_number(o, reply->omission.reason);
    }
    o->need = reply->need;
    o->count = page->count;
    o->tasks = reply->tasks;
    o->left_out = reply->left_out;
    o->reason = reply->omission.reason;
    o->http_status = reply->http_status;
}

/* Receive a 200 response with this body over the port, in pieces of `step` bytes. */
static int run(size_t room, const char *text, size_t step, struct outcome *o)
{
    struct setup *s = setup_body(room, "200 OK", text);
    memset(o, 0, sizeof(*o));
    s->fake.step = step;
    o->result = setup_list(s);
    describe(o, &s->page, &s->client.reply);
    setup_free(s);
    return o->result;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    if (task != NULL) {
        assert_null(omission);
        add_task(ctx, task);
    }
    return 0;
}

enum way { TO_ARRAY, TO_FUNCTION, OF_ONE_TASK };

/* Read a body without HTTP, in spans of this many bytes. The work buffer can be smaller than any
 * request. */
static int read_body(size_t room, const char *text, size_t span, enum way way, struct outcome *o)
{
    struct osft_task tasks[8];
    struct osft_page page = { tasks, COUNT(tasks), NULL, NULL, 0 };
    struct osft_reply reply;
    struct osft_response response;
    size_t at, len = strlen(text);
    char *buffer = malloc(room != 0 ? room : 1);

    assert_non_null(buffer);
    memset(o, 0, sizeof(*o));
    memset(&reply, 0, sizeof(reply));
    if (way == TO_FUNCTION) {
        page.on_task = on_task;
        page.on_task_ctx = o;
    }
    response.page = &page;
    response.reply = &reply;
    response.buffer = buffer;
    response.size = room;
    response.expects_one = way == OF_ONE_TASK;
    osft_begin_response(&response);
    for (at = 0, o->result = OSFT_OK; at < len && o->result == OSFT_OK; at += span) {
        o->result = osft_read_response(&response, text + at, at + span < len ? span : len - at);
        assert_true(response.used < room); /* there is always room to receive one more byte */
    }
    if (o->result == OSFT_OK) {
        o->result = osft_end_response(&response);
    }
    describe(o, &page, &reply);
    free(buffer);
    return o->result;
}

/* Assert for each size of the buffer that either all fits, or that a size is named that suffices
 * once a response came, without any other error. */
static void check_rooms(const char *text)
{
    struct outcome whole, o;
    size_t room, step;
    int told = 0;
    assert_int_equal(run(32768, text, 0, &whole), OSFT_OK);
    for (room = whole.need - 500; room < whole.need + 40; room++) {
        for (step = 0; step < 60; step += 53) {
            int err = run(room, text, step, &o);
            if (err != (room < whole.need ? OSFT_E_SPACE : OSFT_OK)) {
                fail_msg("%d in %zu of %zu, %zu needed: %.80s", err, room, whole.need, o.need,
                         text);
            }
            assert_true(err == OSFT_OK || o.need > room);
            if (err == OSFT_E_SPACE && o.http_status != 0) {
                assert_int_equal(run(o.need, text, step, &o), OSFT_OK);
                told++;
            }
        }
    }
    assert_true(told > 200);
}

/* More room can be needed while a task is read than the task needs afterwards. */
static void the_room_named_suffices_and_one_byte_less_does_not(void **state)
{
    static char text[8192];
    static const char *const ends[] = {
        "\"extendInfo\":null",
        "\"functionName\":\"\"",
        "\"generation\":1",
        "\"x\":1",
        "\"status\":\"s\"",
        "\"a_rather_long_unknown_name_of_a_member_that_comes_last_in_its_task\":1",
        "\"\\u0065\\u0078\\u0074\\u0065\\u006e\\u0064\\u0049\\u006e\\u0066\\u006f\":\"\""
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(ends); i++) {
        snprintf(text, sizeof(text), "{\"result\":[{\"runId\":\"%0900d\",%s}]}", 0, ends[i]);
        check_rooms(text);
        snprintf(text, sizeof(text), "{\"result\":[],\"message\":\"%0900d\",%s}", 0, ends[i]);
        check_rooms(text);
    }
}

static uint32_t seed;
static unsigned draw(unsigned count)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % count;
}

static void append(char *text, size_t size, const char *more)
{
    assert_true(strlen(text) + strlen(more) < size);
    strcat(text, more);
}

/* Append "name":value, with a comma before it unless it is the first member. */
static void append_member(char *text, size_t size, const char *name, const char *value)
{
    append(text, size, text[strlen(text) - 1] == '{' ? "\"" : ",\"");
    append(text, size, name);
    append(text, size, draw(4) == 0 ? "\" : " : "\":");
    append(text, size, value);
}

/* Return a random JSON string with escapes. */
static const char *draw_text(void)
{
    static const char *const parts[] = {
        "a", "bcdefgh", "\\n", "\\u00e9", "\\ud834\\udd1e", "\\\\"
    };
    static char text[1024];
    unsigned n = draw(12);
    strcpy(text, "\"");
    while (n-- > 0) {
        append(text, sizeof(text), parts[draw(COUNT(parts))]);
    }
    append(text, sizeof(text), "\"");
    return text;
}

static const char *draw_unknown_value(void)
{
    static const char *const values[] = { "null", "-1.5e3", "[1,[2,{\"runId\":\"no\"}]]", "{}",
                                          "{\"status\":[],\"b\":{\"c\":\"d\"}}" };
    return draw(3) == 0 ? draw_text() : values[draw(COUNT(values))];
}

static void append_unknown(char *text, size_t size)
{
    static const char *const names[] = {
        "x",
        "",
        "runIds",
        "\\u0072unIds",
        "statu",
        "a_name_that_is_longer_than_what_is_kept_of_a_name_because_no_name_that_is_known_is_as_long"
    };
    append_member(text, size, names[draw(COUNT(names))], draw_unknown_value());
}

/* Append a random task; bad: some tasks have a member that cannot be used. */
static void append_task(char *text, size_t size, int bad)
{
    static const char *const members[][2] = {
        { "functionName", "t" },     { "Status", "t" },      { "runId", "t" },
        { "\\u0047eneration", "t" }, { "extendInfo", "t" },  { "startTime", "1700000000000" },
        { "EndTime", "\"0\"" },      { "generation", "12" }, { "progress", "100" },
        { "RunId", "null" }
    };
    static const char *const wrong[] = { "101", "{}", "[1,2]", "true", "-1" };
    char task[2048] = "{";
    unsigned used = 0, n = draw(7);
    while (n-- > 0) {
        unsigned i = draw(COUNT(members));
        /* A name that comes twice makes a task bad. */
        unsigned same = i == 3 ? 7 : i == 9 ? 2 : i;
        if (draw(3) == 0) {
            append_unknown(task, sizeof(task));
        }
        if (!(used >> same & 1) || (bad && draw(8) == 0)) {
            int is_wrong = bad && draw(8) == 0;
            append_member(task, sizeof(task), members[i][0],
                          is_wrong                  ? wrong[draw(COUNT(wrong))]
                          : members[i][1][0] == 't' ? draw_text()
                                                    : members[i][1]);
        }
        used |= 1U << same;
    }
    append(task, sizeof(task), "}");
    append(text, size, bad && draw(8) == 0 ? "[{\"a\":1}]" : task);
}

static void draw_body(char *text, size_t size, int bad, enum way way)
{
    static const char *const members[][2] = { { "status", "\"OK\"" }, { "message", "t" },
                                              { "RequestId", "t" },   { "totalCount", "12" },
                                              { "latency", "7" },     { "Code", "200" } };
    unsigned i, n = draw(5), at = draw(7);
    strcpy(text, "{");
    for (i = 0; i < 7; i++) {
        if (i == at) {
            append_member(text, size, "result", way == OF_ONE_TASK ? "" : "[");
            if (way == OF_ONE_TASK) {
                append_task(text, size, bad);
            }
            for (; way != OF_ONE_TASK && n > 0; n--) {
                append_task(text, size, bad);
                append(text, size, n > 1 ? "," : "");
            }
            append(text, size, way == OF_ONE_TASK ? "" : "]");
        } else if (draw(2) == 0) {
            const char *const *member = members[i < at ? i : i - 1];
            append_member(text, size, member[0], member[1][0] == 't' ? draw_text() : member[1]);
        }
        if (draw(4) == 0) {
            append_unknown(text, size);
        }
    }
    if (draw(6) == 0) {
        append_member(text, size, "errors", "[{\"code\":\"E\\n1\",\"x\":[],\"message\":");
        append(text, size, draw_text());
        append(text, size, "},{\"code\":\"E2\"}]");
    }
    append(text, size, "}");
}

/* Assert that everything fits into reply.need bytes, and that in less something is left out and a
 * size is named that suffices. */
static void check_need(const char *text, enum way way)
{
    static struct outcome whole, o;
    size_t room;

    read_body(16384, text, 16384, way, &whole);
    for (room = OSFT_SPARE_BYTES; room < whole.need + 2;
         room += room + 60 < whole.need ? 1 + draw(40) : 1) {
        read_body(room, text, 1 + draw(60), way, &o);
        if (room >= whole.need) {
            if (strcmp(o.text, whole.text) != 0 || o.result != whole.result ||
                o.need != whole.need) {
                fail_msg("room %zu, need %zu, not %zu: %d %s, not %s: %s", room, o.need, whole.need,
                         o.result, o.text, whole.text, text);
            }
        } else if (o.need < whole.need || (whole.result == OSFT_OK && o.result != OSFT_E_SPACE)) {
            fail_msg("room %zu, need %zu, not %zu: %d %s: %s", room, o.need, whole.need, o.result,
                     o.text, text);
        }
        assert_true(o.need <= strlen(text) + OSFT_SPARE_BYTES); /* no more than the whole body */
        if (o.result != whole.result && o.result != OSFT_E_SPACE &&
            whole.result != OSFT_E_REFUSED) { /* the member that says so may not have fitted */
            fail_msg("room %zu of %zu: %d, not %d: %s", room, whole.need, o.result, whole.result,
                     text);
        }
    }
}

static void need_is_exact_when_all_fitted_and_always_suffices(void **state)
{
    static char text[16384];
    unsigned round;
    (void)state;
    seed = 20260101;
    for (round = 0; round < 3000; round++) {
        enum way way = (enum way)(round % 3);
        draw_body(text, sizeof(text), round % 2, way);
        check_need(text, way);
    }
}

static void huge_unknown_members_need_no_room(void **state)
{
    static char text[49152];
    struct outcome o, plain;
    char value[2][8000];
    size_t i;
    (void)state;
    snprintf(value[0], sizeof(value[0]), "\"%07000d\"", 0);
    snprintf(value[1], sizeof(value[1]), "[{\"a\":{\"%06000d\":[1,2,3,\"x\"]}},%0900d]", 0, 0);
    value[1][strlen(value[1]) - 901] = '1'; /* a JSON number does not begin with 0 */
    assert_int_equal(run(8192, "{\"result\":[{\"generation\":1}]}", 0, &plain), OSFT_OK);
    for (i = 0; i < 2; i++) {
        snprintf(text, sizeof(text), "{\"x\":%s,\"result\":[{\"y\":%s,\"generation\":1}],\"z\":%s}",
                 value[i], value[i], value[i]);
        assert_int_equal(run(plain.need, text, 0, &o), OSFT_OK);
        assert_int_equal(o.need, plain.need);
        assert_int_equal(o.count, 1);
        /* Values of an unexpected type need no room either. */
        snprintf(text, sizeof(text), "{\"errors\":null,\"result\":[%s,{\"generation\":1}]}",
                 value[i]);
        assert_int_equal(run(plain.need, text, 0, &o), OSFT_E_BAD_TASK);
        assert_int_equal(o.need, plain.need);
        snprintf(text, sizeof(text), "{\"errors\":%s,\"result\":[]}", value[i]);
        assert_int_equal(run(plain.need, text, 0, &o), i == 0 ? OSFT_E_RESPONSE : OSFT_E_REFUSED);
        assert_int_equal(o.need, plain.need);
    }
}

/* Names longer than any known name are dropped with their values. */
static void long_unknown_names_need_no_room_either(void **state)
{
    static const char *const values[] = { "1",       "\"a\"", "[]",           "{}",
                                          "[{},{}]", "[1]",   "{\"a\":[{}]}", "null" };
    static const char *const before[] = { "\"result\":[{\"generation\":7}]", "\"latency\":5",
                                          "\"errors\":[]", "\"result\":[]" };
    static char text[8192];
    struct outcome o, plain;
    size_t i, k, step;
    (void)state;
    assert_int_equal(run(8192, "{\"result\":[]}", 0, &plain), OSFT_OK);
    for (i = 0; i < COUNT(values); i++) {
        for (k = 0; k < COUNT(before); k++) {
            for (step = 0; step < 100; step += 33) {
                snprintf(text, sizeof(text), "{%s,\"%03000d\":%s%s}", before[k], 0, values[i],
                         before[k][1] == 'r' ? "" : ",\"result\":[]");
                assert_int_equal(run(plain.need, text, step, &o), OSFT_OK);
                assert_int_equal(o.tasks, k == 0);
                assert_int_equal(o.need, plain.need);
                snprintf(text, sizeof(text), "{\"result\":[{\"runId\":\"r\",\"%03000d\":%s},{}]}",
                         0, values[i]);
                assert_int_equal(run(plain.need, text, step, &o), OSFT_OK);
                assert_int_equal(o.count, 2);
                assert_int_equal(o.need, plain.need);
            }
        }
    }
}

/* A known name in its longest form, all escapes, is read wherever it is split. */
static void a_known_name_of_nothing_but_escapes_is_read(void **state)
{
    static const char text[] =
        "{\"result\":[{\"\\u0066\\u0075\\u006e\\u0063\\u0074\\u0069\\u006F\\u006E\\u004e\\u0061"
        "\\u006d\\u0065\":\"ctr\",\"\\u0067\\u0065\\u006e\\u0065\\u0072\\u0061\\u0074\\u0069"
        "\\u006f\\u006e\\u0000\\u0000\":5,\"\\u0067\\u0065\\u006e\\u0065\\u0072\\u0061\\u0074"
        "\\u0069\\u006f\\u006e\\u0000\\u0000\\u0000\":5}]}";
    struct outcome o;
    size_t span;
    (void)state;
    for (span = 1; span < sizeof(text); span++) {
        assert_int_equal(read_body(200, text, span, TO_ARRAY, &o), OSFT_OK);
        assert_non_null(strstr(o.text, "ctr|||||-1|-1|-1|"));
    }
}

/* Only a task that is too large is left out; reply.need is the room that the largest of them needs.
 */
static void a_task_that_does_not_fit_leaves_room_for_the_others(void **state)
{
    static char text[4096];
    struct outcome o;
    (void)state;
    snprintf(text, sizeof(text),
             "{\"result\":[{\"runId\":\"a\"},{\"runId\":\"b\",\"extendInfo\":\"%01000d\"},"
             "{\"runId\":\"c\"}],\"requestId\":\"r\"}",
             0);
    assert_int_equal(run(700, text, 0, &o), OSFT_E_SPACE);
    assert_int_equal(o.tasks, 3);
    assert_int_equal(o.count, 2);
    assert_int_equal(o.left_out, 1);
    assert_int_equal(o.reason, OSFT_E_SPACE);
    assert_string_equal(o.text, "||a|||-1|-1|-1|||c|||-1|-1|-1||||r|-1|-1|-1|1|b|-2|");
    assert_int_equal(run(o.need, text, 0, &o), OSFT_OK);
    assert_int_equal(o.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_room_named_suffices_and_one_byte_less_does_not),
        cmocka_unit_test(need_is_exact_when_all_fitted_and_always_suffices),
        cmocka_unit_test(huge_unknown_members_need_no_room),
        cmocka_unit_test(long_unknown_names_need_no_room_either),
        cmocka_unit_test(a_known_name_of_nothing_but_escapes_is_read),
        cmocka_unit_test(a_task_that_does_not_fit_leaves_room_for_the_others),
    };
    return cmocka_run_group_tests_name("response, room", tests, NULL, NULL);
}
