/* SPDX-License-Identifier: Apache-2.0 */
/* What watch shows on a terminal: the newest runs, asked for after each look, kept until the next. */
#include <stdio.h>
#include <string.h>
#include "cmd.h"

#define KEPT 100
#define TEXT 200 /* bytes of a text; a line shows fewer */

static struct osft_task arrived[KEPT], kept[KEPT];
static char texts[KEPT][5][TEXT];

static void keep_text(struct osft_span *to, const struct osft_span *from, char *mem)
{
    size_t len = from->len < TEXT ? from->len : TEXT - 1;

    while (len < from->len && len > 0 && ((unsigned char)from->ptr[len] & 0xc0) == 0x80) {
        len--; /* not within a character */
    }
    to->ptr = from->ptr != NULL ? mem : NULL;
    to->len = len;
    if (from->ptr != NULL) {
        memcpy(mem, from->ptr, len);
    }
}

/* The texts lie in the work buffer, which the next call needs. */
static void keep(struct live *l, const struct osft_page *page)
{
    size_t i;
    for (i = 0; i < page->count; i++) {
        const struct osft_task *t = &page->tasks[i];
        kept[i] = *t;
        keep_text(&kept[i].function, &t->function, texts[i][0]);
        keep_text(&kept[i].status, &t->status, texts[i][1]);
        keep_text(&kept[i].run_id, &t->run_id, texts[i][2]);
        keep_text(&kept[i].generation, &t->generation, texts[i][3]);
        keep_text(&kept[i].extend_info, &t->extend_info, texts[i][4]);
    }
    l->page.tasks = kept;
    l->page.count = page->count;
}

int live_fetch(struct live *l, struct osft_link *link, const struct plan *p)
{
    struct osft_query query = p->query;
    struct osft_page page;
    size_t rows = screen_tasks();
    int err;

    memset(&page, 0, sizeof(page));
    page.tasks = arrived;
    page.max = KEPT;
    query.page_size = (int64_t)(rows < KEPT ? rows : KEPT);
    err = session_list(link, p, &query, &page);
    if (err == OSFT_OK) {
        keep(l, &page);
        l->looked_ms = time_now_ms();
    }
    l->failed = err;
    return err;
}

void live_draw(struct live *l, int64_t left_ms)
{
    char line[200], when[TIME_TEXT], left[TIME_TEXT], next[TIME_TEXT + 24];

    time_iso(l->looked_ms, when);
    time_length((left_ms + 999) / 1000 * 1000, left);
    snprintf(next, sizeof(next), "%s%s", left_ms > 0 ? "; the next look is in " : "",
             left_ms > 0 ? left : "");
    if (l->failed != OSFT_OK) {
        snprintf(line, sizeof(line), "the last look failed: %s; %s%s%s", osft_strerror(l->failed),
                 l->looked_ms > 0 ? "this is as of " : "nothing is known yet",
                 l->looked_ms > 0 ? when : "", next);
    } else {
        snprintf(line, sizeof(line), "as of %s%s; Ctrl-C ends", when, next);
    }
    screen_draw(&l->screen, &l->page, line);
}
