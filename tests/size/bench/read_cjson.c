/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <string.h>

#include <cjson/cJSON.h>

static int add_text(const cJSON *task, const char *name, struct summary *summary)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(task, name);

    if (!cJSON_IsString(member)) {
        return -1;
    }
    summary->text += strlen(member->valuestring);
    return 0;
}

static int add_number(const cJSON *task, const char *name, int64_t *sum)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(task, name);

    if (!cJSON_IsNumber(member)) {
        return -1;
    }
    *sum += (int64_t)member->valuedouble;
    return 0;
}

static int add_recall(const cJSON *task, struct summary *summary)
{
    const cJSON *info = cJSON_GetObjectItemCaseSensitive(task, "extendInfo");
    cJSON *metrics;
    const cJSON *recall;

    if (!cJSON_IsString(info)) {
        return -1;
    }
    metrics = cJSON_Parse(info->valuestring);
    if (metrics == NULL) {
        return -1;
    }
    recall = cJSON_GetObjectItemCaseSensitive(metrics, "recall");
    if (cJSON_IsNumber(recall)) {
        summary->recall += (int64_t)(recall->valuedouble * 100 + 0.5);
        summary->recalls++;
    }
    cJSON_Delete(metrics);
    return 0;
}

int read_by_cjson(const char *body, size_t len, struct summary *summary)
{
    cJSON *envelope = cJSON_ParseWithLength(body, len);
    const cJSON *tasks = cJSON_GetObjectItemCaseSensitive(envelope, "result"), *task;
    int64_t ended = 0;
    int result = cJSON_IsArray(tasks) ? 0 : -1;

    cJSON_ArrayForEach(task, tasks)
    {
        summary->tasks++;
        if (add_number(task, "progress", &summary->progress) != 0 ||
            add_number(task, "startTime", &summary->start_ms) != 0 ||
            add_number(task, "endTime", &ended) != 0 ||
            add_text(task, "functionName", summary) != 0 ||
            add_text(task, "status", summary) != 0 || add_text(task, "runId", summary) != 0 ||
            add_text(task, "generation", summary) != 0 ||
            add_text(task, "extendInfo", summary) != 0 || add_recall(task, summary) != 0) {
            result = -1;
        }
    }
    cJSON_Delete(envelope);
    return result;
}
