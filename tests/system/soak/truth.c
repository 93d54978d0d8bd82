/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the endpoint's record with the reports. */
#include "soak.h"

#include <stdio.h>
#include <string.h>

/* Each line of the record is: TIME_MS started|succeeded|failed|vanished GENERATION RUN_ID */
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

/* Whether the run was listed during the whole of a successful poll, which then must have shown it.
 */
static int was_shown(const struct soak *s, const struct soak_run *r)
{
    size_t low = 0, high = s->well;

    while (low < high) { /* find the first poll that began after the run's start */
        size_t middle = low + (high - low) / 2;

        if (s->polls[middle].began_ms < r->start_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->well && (r->end != OSFT_WATCH_VANISHED || s->polls[low].ended_ms < r->end_ms);
}

/* Whether a run may count as known: one that ended before the first poll does, and one that ended
 * during it may. */
static int is_old(const struct soak *s, const struct soak_run *r)
{
    return r->end && r->end != OSFT_WATCH_VANISHED && r->end_ms <= s->polls[0].ended_ms;
}

/* Check that what was reported has happened, and was reported once. */
static void check_reported(const struct soak_run *r, struct soak_verdict *v)
{
    int was_started = r->reported[OSFT_WATCH_STARTED] != 0, event;

    for (event = OSFT_WATCH_STARTED; event <= OSFT_WATCH_DROPPED; event++)
        v->twice += r->reported[event] > 1;
    v->untrue += was_started && r->start_ms == 0;
    for (event = OSFT_WATCH_SUCCEEDED; event <= OSFT_WATCH_VANISHED; event++)
        v->untrue += r->reported[event] && (r->end != event || !was_started);
}

/* Check that what happened before the last poll was reported. */
static void check_happened(const struct soak *s, const struct soak_run *r, struct soak_verdict *v)
{
    int64_t last_ms = s->polls[s->well - 1].began_ms;
    int has_ended = r->end && r->end_ms <= last_ms;

    v->started += r->start_ms <= last_ms;
    v->succeeded += has_ended && r->end == OSFT_WATCH_SUCCEEDED;
    v->failed += has_ended && r->end == OSFT_WATCH_FAILED;
    v->vanished += has_ended && r->end == OSFT_WATCH_VANISHED;
    if (r->reported[OSFT_WATCH_STARTED]) {
        v->lost += has_ended && !r->reported[r->end];
    } else if (!is_old(s, r)) {
        v->lost += was_shown(s, r) != 0;
        v->unseen += has_ended && !was_shown(s, r);
    }
}

void soak_compare(const struct soak *s, struct soak_verdict *v)
{
    size_t i;

    memset(v, 0, sizeof(*v));
    for (i = 1; i < GEN_MAX; i++) {
        check_reported(&s->seen[i], v);
        if (s->seen[i].start_ms)
            check_happened(s, &s->seen[i], v);
    }
}

/* In a list of faults, `chaos` is left out when it chose another fault. */
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
