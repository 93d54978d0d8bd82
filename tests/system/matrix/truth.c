/* SPDX-License-Identifier: Apache-2.0 */
/* The tasks that the endpoint lists, and those that the client must deliver: both are written by
 * hand. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>

#define U OSFT_UNKNOWN
#define S OSFT_LIT

#define LINE(gen, status, progress, start, end, info)                              \
    "{\"functionName\":\"ctr\",\"progress\":" #progress ",\"status\":\"" status    \
    "\",\"startTime\":" #start ",\"endTime\":" #end ",\"extendInfo\":\"{\\\"" info \
    "\\\":[]}\",\"runId\":\"run-" gen "\",\"generation\":\"" gen "\"}"
#define TASK(id, text, per_cent, from, until, info)                                      \
    {                                                                                    \
        .start_ms = from, .end_ms = until, .progress = per_cent, .run_id = S("run-" id), \
        .function = S("ctr"), .status = S(text), .generation = S(id),                    \
        .extend_info = S("{\"" info "\":[]}")                                            \
    }
#define TRUTH(...)                           \
    {                                        \
        LINE(__VA_ARGS__), TASK(__VA_ARGS__) \
    }

/* A task with all kinds of text. */
#define ODD                                                                                        \
    {                                                                                              \
        "{\"functionName\":\"ctr\",\"progress\":100,\"status\":\"success\","                       \
        "\"startTime\":1709164800000,\"endTime\":1709168400000,"                                   \
        "\"extendInfo\":\"{\\\"recall\\\":91.25,\\\"errors\\\":[]}\","                             \
        "\"runId\":\"\\u4e2d\xe6\x96\x87 \\\"q\\\" \\\\ \\/ "                                      \
        "\\t\\ud83d\\ude00\",\"generation\":\"4\"}",                                               \
        {                                                                                          \
            .start_ms = INT64_C(1709164800000), .end_ms = INT64_C(1709168400000), .progress = 100, \
            .run_id = S("\xe4\xb8\xad\xe6\x96\x87 \"q\" \\ / \t\xf0\x9f\x98\x80"),                 \
            .function = S("ctr"), .status = S("success"), .generation = S("4"),                    \
            .extend_info = S("{\"recall\":91.25,\"errors\":[]}")                                   \
        }                                                                                          \
    }
/* A task with a generation as a number, numbers as texts, and an unknown member. */
#define LOOSE                                                                                    \
    {                                                                                            \
        "{\"Progress\":\"7\",\"Status\":\"failed\",\"StartTime\":1709078400000,"                 \
        "\"EndTime\":\"1709082000000\",\"ExtendInfo\":\"\",\"RunId\":\"run-3\","                 \
        "\"Generation\":3,\"Extra\":{\"a\":[1,{\"b\":null}]},\"FunctionName\":\"other\"}",       \
        {                                                                                        \
            .start_ms = INT64_C(1709078400000), .end_ms = INT64_C(1709082000000), .progress = 7, \
            .run_id = S("run-3"), .function = S("other"), .status = S("failed"),                 \
            .generation = S("3"), .extend_info = S("")                                           \
        }                                                                                        \
    }
/* A task with members that are absent or null. */
#define BARE                                                                    \
    {                                                                           \
        "{\"startTime\":1582214400000,\"status\":\"success\",\"endTime\":null," \
        "\"progress\":null,\"runId\":null,\"generation\":\"2\"}",               \
        {                                                                       \
            .start_ms = INT64_C(1582214400000), .end_ms = U, .progress = U,     \
            .status = S("success"), .generation = S("2")                        \
        }                                                                       \
    }
/* Tasks that do not change. The last two start together, and one has an unusual status. */
#define OLD                                                                                \
    TRUTH("6", "failed", 33, 1709300000000, 1709300000001, "why"),                         \
        TRUTH("5", "success", 100, 1709200000000, 1709200000001, "auc"), ODD, LOOSE, BARE, \
        TRUTH("1", "success", 100, 1582214300000, 1582214300001, "errors"),                \
        TRUTH("0", "queued", 0, 1582214300000, 0, "errors")

const struct truth before[BEFORE_COUNT] = {
    TRUTH("10", "running", 20, 1709400000010, 0, "errors"),
    TRUTH("9", "running", 90, 1709400000009, 0, "errors"),
    TRUTH("8", "running", 40, 1709400000008, 0, "errors"),
    TRUTH("7", "running", 10, 1709400000007, 0, "errors"),
    OLD,
};
const struct truth after[AFTER_COUNT] = {
    TRUTH("12", "running", 1, 1709400000012, 0, "errors"),
    TRUTH("11", "success", 100, 1709400000011, 1709400000099, "recall"),
    TRUTH("10", "running", 55, 1709400000010, 0, "errors"),
    TRUTH("9", "success", 100, 1709400000009, 1709400000098, "recall"),
    TRUTH("8", "failed", 40, 1709400000008, 1709400000097, "why"),
    OLD,
};

const char spoilt_task[] = LINE("12", "running", 101, 1709400000012, 0, "errors");
const char bad_task[] = LINE("bad", "running", 101, 1709400000001, 0, "errors");

static int is_same_span(const struct osft_span *a, const struct osft_span *b)
{
    if ((a->ptr == NULL) != (b->ptr == NULL) || a->len != b->len)
        return 0;
    return a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0;
}

/* Whether the text is ended by a NUL, or absent. */
static int is_ended(const struct osft_span *s)
{
    return s->ptr == NULL || s->ptr[s->len] == 0;
}

static int is_same_task(const struct osft_task *a, const struct osft_task *b)
{
    return a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->progress == b->progress &&
           is_same_span(&a->function, &b->function) && is_same_span(&a->status, &b->status) &&
           is_same_span(&a->run_id, &b->run_id) && is_same_span(&a->generation, &b->generation) &&
           is_same_span(&a->extend_info, &b->extend_info);
}

int truth_index(const struct truth *list, int count, const struct osft_task *task)
{
    int i;

    if (!is_ended(&task->function) || !is_ended(&task->status) || !is_ended(&task->run_id) ||
        !is_ended(&task->generation) || !is_ended(&task->extend_info))
        return -1;
    for (i = 0; i < count; i++)
        if (is_same_task(&list[i].task, task))
            return i;
    return -1;
}

void truth_write(const struct truth *list, int count, const char *first_line, const char *path)
{
    FILE *f = fopen(path, "w");
    int i;

    assert_non_null(f);
    if (first_line)
        fprintf(f, "%s\n", first_line);
    for (i = 0; i < count; i++)
        fprintf(f, "%s\n", list[i].json);
    assert_int_equal(fclose(f), 0);
}

void got_init(struct got *got, const struct truth *list, int count)
{
    memset(got, 0, sizeof(*got));
    got->truth = list;
    got->truth_count = count;
}

void got_task(struct got *got, const struct osft_task *task)
{
    int i = truth_index(got->truth, got->truth_count, task);
    int index = got->has_bad_task && i >= BAD_INDEX ? i + 1 : i;

    if (i < 0 || got->count == (int)(sizeof(got->index) / sizeof(got->index[0])) ||
        (!got->anywhere && task->index != (uint32_t)index))
        got->wrong++;
    else
        got->index[got->count++] = i;
}

int is_bad_task(const struct osft_omission *omission)
{
    const struct osft_task *task = &omission->task;

    return omission->reason == OSFT_E_BAD_TASK && strcmp(omission->member, "progress") == 0 &&
           task->index == BAD_INDEX && task->start_ms == INT64_C(1709400000001) &&
           task->progress == OSFT_UNKNOWN;
}

int got_on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct got *got = ctx;

    if (task) {
        got_task(got, task);
        return 0;
    }
    got->left_out++;
    got->wrong += !got->has_bad_task || !is_bad_task(omission) ||
                  strcmp(omission->task.run_id.ptr, "run-bad") != 0;
    return 0;
}
