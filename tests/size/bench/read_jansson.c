/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <jansson.h>

static int add_recall(const json_t *info, struct summary *summary)
{
    json_t *metrics = json_loadb(json_string_value(info), json_string_length(info), 0, NULL);
    const json_t *recall;

    if (metrics == NULL) {
        return -1;
    }
    recall = json_object_get(metrics, "recall");
    if (json_is_number(recall)) {
        summary->recall += (int64_t)(json_number_value(recall) * 100 + 0.5);
        summary->recalls++;
    }
    json_decref(metrics);
    return 0;
}

static int add_task(const json_t *task, struct summary *summary)
{
    static const char *const texts[] = { "functionName", "status", "runId", "generation",
                                         "extendInfo" };
    const json_t *progress = json_object_get(task, "progress");
    const json_t *start = json_object_get(task, "startTime");
    size_t i;

    if (!json_is_integer(progress) || !json_is_integer(start) ||
        !json_is_integer(json_object_get(task, "endTime"))) {
        return -1;
    }
    summary->tasks++;
    summary->progress += json_integer_value(progress);
    summary->start_ms += json_integer_value(start);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const json_t *text = json_object_get(task, texts[i]);
        if (!json_is_string(text)) {
            return -1;
        }
        summary->text += json_string_length(text);
    }
    return add_recall(json_object_get(task, "extendInfo"), summary);
}

int read_by_jansson(const char *body, size_t len, struct summary *summary)
{
    json_t *envelope = json_loadb(body, len, 0, NULL);
    const json_t *tasks = json_object_get(envelope, "result");
    size_t i;
    int result = json_is_array(tasks) ? 0 : -1;

    for (i = 0; i < json_array_size(tasks); i++) {
        if (add_task(json_array_get(tasks, i), summary) != 0) {
            result = -1;
        }
    }
    json_decref(envelope);
    return result;
}
