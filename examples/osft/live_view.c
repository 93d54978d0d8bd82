/* SPDX-License-Identifier: Apache-2.0 */
/* The table that watch shows on a terminal: the newest runs, fetched after each poll and kept until
 * the next. */
#include <stdio.h>
#include <string.h>
#include "command.h"

#define RUNS_MAX  100
#define TEXT_SIZE METRICS_TEXT_SIZE /* bytes of a text that are kept; no line shows so many */
#define LINE_COLUMNS \
    (sizeof("as of 2024-02-29T23:59:59Z; the next poll is in 59m 59s; Ctrl-C ends") - 1)

enum text { FUNCTION, STATUS, RUN_ID, GENERATION, METRICS, TEXTS };

static struct osft_task fetched_tasks[RUNS_MAX], kept_tasks[RUNS_MAX];
static char kept_texts[RUNS_MAX][TEXTS][TEXT_SIZE];

static struct osft_span keep_text(const struct osft_span *text, char *buffer)
{
    struct osft_span copy = { NULL, 0 };

    if (text->ptr != NULL) {
        copy.ptr = buffer;
        copy.len = text->len <= TEXT_SIZE ? text->len : cut_utf8(text->ptr, TEXT_SIZE);
        memmove(buffer, text->ptr, copy.len);
    }
    return copy;
}

/* Copy the tasks with their texts, as the next call overwrites the work buffer in which the texts
 * lie. Of extendInfo only the summary that the table shows is kept. */
static void keep_tasks(struct live_view *view, const struct osft_page *page)
{
    size_t i;

    for (i = 0; i < page->count; i++) {
        const struct osft_task *task = &page->tasks[i];
        struct osft_span metrics = summarise_metrics(&task->extend_info, kept_texts[i][METRICS]);

        kept_tasks[i] = *task;
        kept_tasks[i].function = keep_text(&task->function, kept_texts[i][FUNCTION]);
        kept_tasks[i].status = keep_text(&task->status, kept_texts[i][STATUS]);
        kept_tasks[i].run_id = keep_text(&task->run_id, kept_texts[i][RUN_ID]);
        kept_tasks[i].generation = keep_text(&task->generation, kept_texts[i][GENERATION]);
        kept_tasks[i].extend_info = keep_text(&metrics, kept_texts[i][METRICS]);
    }
    view->page.tasks = kept_tasks;
    view->page.count = page->count;
}

int fetch_newest_runs(struct live_view *view, struct osft_client *client, const struct plan *plan)
{
    struct osft_page page = { .tasks = fetched_tasks, .max = RUNS_MAX };
    struct osft_query query = plan->query;
    struct display display;
    size_t rows;
    int error;

    detect_display(&display);
    rows = count_screen_tasks(&display);
    query.page_size = (uint32_t)(rows < RUNS_MAX ? rows : RUNS_MAX);
    error = list_tasks(client, plan, &query, &page);
    if (error == OSFT_OK || is_only_omission(error, &client->reply)) {
        keep_tasks(view, &page);
        view->fetched_ms = get_service_time_ms();
        error = OSFT_OK; /* the watch has reported tasks that were left out */
    }
    return error;
}

void draw_live_view(struct live_view *view, int64_t left_ms)
{
    char line[200], fetched_at[TIME_SIZE], left[TIME_SIZE], next[TIME_SIZE + 24] = "";
    struct display display;

    format_time(view->fetched_ms, fetched_at);
    if (left_ms > 0) {
        format_duration((left_ms + 999) / 1000 * 1000, left);
        snprintf(next, sizeof(next), "; the next poll is in %s", left);
    }
    detect_display(&display);
    if (view->error == OSFT_OK && display.columns > 0 && display.columns < LINE_COLUMNS &&
        strlen(fetched_at) == strlen("2024-02-29T23:59:59Z")) {
        snprintf(line, sizeof(line), "%.8s%s%s; Ctrl-C ends", fetched_at + strlen("2024-02-29T"),
                 left_ms > 0 ? "; next poll in " : "", left_ms > 0 ? left : "");
    } else if (view->error == OSFT_OK) {
        snprintf(line, sizeof(line), "as of %s%s; Ctrl-C ends", fetched_at, next);
    } else if (view->fetched_ms > 0) {
        snprintf(line, sizeof(line), "the last poll failed: %s; this is as of %s%s",
                 osft_strerror(view->error), fetched_at, next);
    } else {
        snprintf(line, sizeof(line), "the last poll failed: %s; nothing is known yet%s",
                 osft_strerror(view->error), next);
    }
    draw_screen(&view->screen, &display, &view->page, line);
}
