/* SPDX-License-Identifier: Apache-2.0 */
/* What happened, as the endpoint wrote it down, against what was reported. */
#include "soak.h"

#include <stdio.h>
#include <string.h>

/* TIME_MS started|succeeded|failed|vanished GENERATION RUN_ID */
int soak_truth(struct soak *s)
{
    FILE *f = fopen(s->events, "r");
    char line[256], kind[16];
    unsigned long gen;
    long long ms;
    int bad = 0;

    if (!f)
        return -1;
    while (!bad && fgets(line, sizeof(line), f)) {
        struct soak_run *r;

        if (sscanf(line, "%lld %15s %lu", &ms, kind, &gen) != 3 || gen == 0 || gen >= GEN_MAX) {
            bad = 1;
            break;
        }
        r = &s->seen[gen];
        if (strcmp(kind, "started") == 0) {
            bad |= r->start_ms != 0;
            r->start_ms = ms;
            continue;
        }
        bad |= r->end_ms != 0;
        r->end_ms = ms;
        r->end = strcmp(kind, "succeeded") == 0 ? OSFT_WATCH_SUCCEEDED
                 : strcmp(kind, "failed") == 0  ? OSFT_WATCH_FAILED
                                                : OSFT_WATCH_VANISHED;
    }
    fclose(f);
    return bad ? -1 : 0;
}

/* Was it listed throughout a poll that came out well? Only that must have shown it. */
static int was_shown(const struct soak *s, const struct soak_run *r)
{
    size_t low = 0, high = s->well;

    while (low < high) { /* the first poll that began when it was there */
        size_t mid = low + (high - low) / 2;

        if (s->polls[mid].began_ms < r->start_ms)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->well && (r->end != OSFT_WATCH_VANISHED || s->polls[low].ended_ms < r->end_ms);
}

/* What had ended when it was first looked at is taken as known; if it ended during that look, either is
 * right. */
static int is_old(const struct soak *s, const struct soak_run *r)
{
    return r->end && r->end != OSFT_WATCH_VANISHED && r->end_ms <= s->polls[0].ended_ms;
}

/* What was reported must have happened, and once. */
static void look_at_reports(const struct soak_run *r, struct soak_verdict *v)
{
    int told = r->told[OSFT_WATCH_STARTED], event;

    for (event = OSFT_WATCH_STARTED; event <= OSFT_WATCH_DROPPED; event++)
        v->twice += r->told[event] > 1;
    v->untrue += told && r->start_ms == 0;
    for (event = OSFT_WATCH_SUCCEEDED; event <= OSFT_WATCH_VANISHED; event++)
        v->untrue += r->told[event] && (r->end != event || !told);
}

/* What has happened before the last poll must have been reported. */
static void look_for_reports(const struct soak *s, const struct soak_run *r, struct soak_verdict *v)
{
    int64_t last = s->polls[s->well - 1].began_ms;
    int told = r->told[OSFT_WATCH_STARTED], ended = r->end && r->end_ms <= last;

    v->started += r->start_ms <= last;
    v->succeeded += ended && r->end == OSFT_WATCH_SUCCEEDED;
    v->failed += ended && r->end == OSFT_WATCH_FAILED;
    v->vanished += ended && r->end == OSFT_WATCH_VANISHED;
    if (told) {
        v->lost += ended && !r->told[r->end];
    } else if (!is_old(s, r)) {
        v->lost += was_shown(s, r) != 0;
        v->unseen += ended && !was_shown(s, r);
    }
}

void soak_compare(const struct soak *s, struct soak_verdict *v)
{
    size_t gen;

    memset(v, 0, sizeof(*v));
    for (gen = 1; gen < GEN_MAX; gen++) {
        look_at_reports(&s->seen[gen], v);
        if (s->seen[gen].start_ms)
            look_for_reports(s, &s->seen[gen], v);
    }
}

/* The faults' names, and of all others what the endpoint answered. */
size_t soak_faults(const struct soak *s, size_t *requests)
{
    static struct {
        char name[64];
        size_t count;
    } kinds[64];
    struct live_line lines[64];
    size_t n, i, k, used = 0, met = 0;
    long at = 0;

    *requests = 0;
    memset(kinds, 0, sizeof(kinds));
    while ((n = live_log(s->log, &at, lines, sizeof(lines) / sizeof(lines[0]))) > 0) {
        *requests += n;
        for (i = 0; i < n; i++) {
            char *chaos = strstr(lines[i].faults, "chaos");

            if (chaos)
                chaos[chaos > lines[i].faults ? -1 : 0] = 0;
            met += lines[i].faults[0] != 0;
            for (k = 0; k < used && strcmp(kinds[k].name, lines[i].faults) != 0; k++)
                ;
            if (k == sizeof(kinds) / sizeof(kinds[0]))
                continue;
            if (k == used) {
                used++;
                snprintf(kinds[k].name, sizeof(kinds[k].name), "%s", lines[i].faults);
            }
            kinds[k].count++;
        }
    }
    for (k = 0; k < used; k++)
        printf("#   %-28s %7lu\n", kinds[k].name[0] ? kinds[k].name : "(none)",
               (unsigned long)kinds[k].count);
    return met;
}
