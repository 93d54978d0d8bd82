/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the newest runs of an instance from a list. They are copied to the instance only when
 * the list is complete, so that a list that fails changes nothing. */
#include <stddef.h>
#include <string.h>
#include "../common/redact.h"
#include "../common/text.h"
#include "instance.h"
#include "pages.h"

struct listing *make_listing(void)
{
    return map_zeroed(sizeof(struct listing));
}

void free_listing(struct listing *listing)
{
    unmap_zeroed(listing, sizeof(*listing));
}

static void copy_cut_text(char *to, size_t size, const struct osft_span *text)
{
    size_t len = text->len < size ? text->len : cut_utf8(text->ptr, size - 1);

    if (len > 0) {
        memcpy(to, text->ptr, len);
    }
    to[len] = 0;
}

/* Copy a text into the run. Returns 1; or 0 when there is no room, after making the text absent. */
static int keep_text(struct kept_run *run, size_t *used, struct osft_span *text)
{
    char *to = run->texts + *used;

    if (text->ptr == NULL) {
        return 1;
    }
    if (text->len >= sizeof(run->texts) - *used) {
        text->ptr = NULL;
        text->len = 0;
        return 0;
    }
    memcpy(to, text->ptr, text->len);
    to[text->len] = 0;
    text->ptr = to;
    *used += text->len + 1;
    return 1;
}

static void keep_run(struct kept_run *run, const struct osft_task *task)
{
    size_t used = 0;

    run->is_known = 1;
    run->id = osft_task_id(task);
    run->task = *task;
    (void)keep_text(run, &used, &run->task.run_id);
    (void)keep_text(run, &used, &run->task.status);
    (void)keep_text(run, &used, &run->task.generation);
    (void)keep_text(run, &used, &run->task.function);
    run->lacks_extend_info = !keep_text(run, &used, &run->task.extend_info);
    run->texts_len = used;
}

/* Copy a run, but not the unused room for texts: the system spends memory only on pages that are
 * written to. */
static void copy_run(struct kept_run *to, const struct kept_run *from)
{
    struct osft_span *texts[5] = { &to->task.run_id, &to->task.status, &to->task.generation,
                                   &to->task.function, &to->task.extend_info };
    size_t i;

    memcpy(to, from, offsetof(struct kept_run, texts) + from->texts_len);
    for (i = 0; i < 5; i++) { /* the pointers still point into the texts of `from` */
        if (texts[i]->ptr != NULL) {
            texts[i]->ptr = to->texts + (texts[i]->ptr - from->texts);
        }
    }
}

static int64_t choose_later(int64_t known_ms, int64_t end_ms)
{
    return end_ms > known_ms ? end_ms : known_ms;
}

static void note_end_in(int64_t *success_ms, int64_t *failure_ms, const struct osft_task *task)
{
    if (osft_task_state(task) == OSFT_SUCCESS) {
        *success_ms = choose_later(*success_ms, task->end_ms);
    } else if (osft_task_state(task) == OSFT_FAILED) {
        *failure_ms = choose_later(*failure_ms, task->end_ms);
    }
}

void note_end(struct instance *instance, const struct osft_task *task)
{
    note_end_in(&instance->last_success_ms, &instance->last_failure_ms, task);
}

static int on_task(void *ctx, const struct osft_task *listed, const struct osft_omission *omission)
{
    struct listing *listing = ctx;
    struct recent_run *recent;
    struct osft_task task;

    (void)omission; /* the watch has reported omissions */
    if (listed == NULL) {
        return 0;
    }
    task = *listed;
    hide_used_credentials(&task, listing->credentials);
    if (!listing->newest.is_known || task.start_ms > listing->newest.task.start_ms) {
        keep_run(&listing->newest, &task);
    }
    note_end_in(&listing->last_success_ms, &listing->last_failure_ms, &task);
    if (listing->count < RECENT_RUNS) {
        recent = &listing->recent[listing->count++];
        recent->id = osft_task_id(listed);
        recent->start_ms = task.start_ms;
        recent->end_ms = task.end_ms;
        recent->progress = task.progress;
        recent->state = osft_task_state(&task);
        copy_cut_text(recent->run_id, sizeof(recent->run_id), &task.run_id);
        copy_cut_text(recent->generation, sizeof(recent->generation), &task.generation);
        copy_cut_text(recent->status, sizeof(recent->status), &task.status);
    }
    return 0;
}

int start_listing(struct listing *listing, struct osft_client *client,
                  const struct osft_query *query, const struct osft_credentials *credentials,
                  uint32_t limit_ms)
{
    memset(listing, 0, offsetof(struct listing, newest.texts));
    listing->credentials = credentials;
    listing->query = *query;
    listing->query.page_number = 1;
    listing->query.page_size = RECENT_RUNS;
    listing->page.on_task = on_task;
    listing->page.on_task_ctx = listing;
    return osft_list_start(client, &listing->query, &listing->page, limit_ms);
}

void take_listing(struct instance *instance, const struct listing *listing)
{
    copy_run(&instance->newest, &listing->newest);
    memcpy(instance->recent, listing->recent, sizeof(instance->recent));
    instance->recent_count = listing->count;
    instance->last_success_ms = choose_later(instance->last_success_ms, listing->last_success_ms);
    instance->last_failure_ms = choose_later(instance->last_failure_ms, listing->last_failure_ms);
}
