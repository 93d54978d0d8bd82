/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a response TIMES times as a device does, in segments of TCP, one task at a time in a work
 * buffer of 2 KB, and prints what it found. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "page.h" /* made by page.c */

#define WORK_BYTES 2048
#define SEGMENT    536

static int add_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    (void)omission;
    return task == NULL ? OSFT_E_ARG : summary_add(ctx, task);
}

int main(void)
{
    static struct summary summary;
    static struct reader reader;
    int result = OSFT_OK;

    reader_init(&reader, 0, WORK_BYTES, SEGMENT);
    reader.page.on_task = add_task;
    reader.page.on_task_ctx = &summary;
    for (int i = 0; i < TIMES && result == OSFT_OK; i++) {
        memset(&summary, 0, sizeof(summary));
        result = reader_read(&reader, page, sizeof(page));
    }
    printf("result %d, %lu bytes, %lu tasks, progress %" PRId64 ", start %" PRId64
           ", text %lu, %lu recalls %" PRId64 "\n",
           result, (unsigned long)PAGE_BODY, (unsigned long)summary.tasks, summary.progress,
           summary.start_ms, (unsigned long)summary.text, (unsigned long)summary.recalls,
           summary.recall);
    reader_free(&reader);
    return result != OSFT_OK;
}
