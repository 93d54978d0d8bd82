/* SPDX-License-Identifier: Apache-2.0 */
/* Reads responses as core/exchange.c does, without the request that comes before. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "osft_metrics.h"
#include "response.h"

void reader_init(struct reader *reader, size_t tasks, size_t size, size_t piece)
{
    memset(reader, 0, sizeof(*reader));
    reader->settings.retry = &osft_retry_default;
    osft_init(&reader->client, &reader->settings);
    reader->page.tasks = calloc(tasks + 1, sizeof(*reader->page.tasks));
    reader->page.max = tasks;
    reader->size = size + OSFT_SPARE_BYTES + OSFT_LINE_MAX;
    reader->buffer = malloc(reader->size);
    reader->piece = piece;
    if (reader->page.tasks == NULL || reader->buffer == NULL) {
        abort();
    }
}

void reader_free(struct reader *reader)
{
    free(reader->page.tasks);
    free(reader->buffer);
}

int reader_read(struct reader *reader, const char *response, size_t response_len)
{
    struct osft_client *client = &reader->client;
    size_t at = 0;
    int result = OSFT_OK;

    client->response.page = &reader->page;
    client->response.reply = &client->reply;
    client->response.buffer = reader->buffer;
    client->response.size = reader->size;
    client->response.expects_one = 0;
    osft_begin_response(&client->response);
    osft_begin_http(client);
    while (result == OSFT_OK && at < response_len) {
        size_t offset = client->response.used + client->http.line_length;
        size_t len = response_len - at;

        if (reader->piece != 0 && len > reader->piece) {
            len = reader->piece;
        }
        if (len > reader->size - offset) {
            len = reader->size - offset;
        }
        memcpy(reader->buffer + offset, response + at, len);
        result = osft_read_http(client, reader->buffer + offset, len);
        at += len;
    }
    if (result == OSFT_OK && client->http.state == OSFT_HTTP_COMPLETE) {
        result = osft_end_response(&client->response);
    }
    return result;
}

/* The text was unescaped into the work buffer; its numbers are read in place. */
static int add_recall(const struct osft_task *task, struct summary *summary)
{
    struct osft_metrics metrics;
    int64_t value;

    osft_metrics_init(&metrics, &task->extend_info);
    while (osft_metrics_next(&metrics) == OSFT_OK && metrics.kind != OSFT_METRIC_END) {
        if (metrics.depth == 1 && metrics.kind == OSFT_METRIC_NUMBER && metrics.name.len == 6 &&
            memcmp(metrics.name.ptr, "recall", 6) == 0) {
            if (osft_metrics_scaled(&metrics, 2, &value) != OSFT_OK) {
                return -1;
            }
            summary->recall += value;
            summary->recalls++;
            return 0;
        }
    }
    return 0;
}

int summary_add(struct summary *summary, const struct osft_task *task)
{
    summary->tasks++;
    summary->progress += task->progress;
    summary->start_ms += task->start_ms;
    summary->text += task->function.len + task->status.len + task->run_id.len +
                     task->generation.len + task->extend_info.len;
    return add_recall(task, summary);
}

int reader_summarise(const struct reader *reader, struct summary *summary)
{
    size_t i;

    for (i = 0; i < reader->page.count; i++) {
        if (summary_add(summary, &reader->page.tasks[i]) != 0) {
            return -1;
        }
    }
    return 0;
}
