/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <string.h>

#include "date.h"
#include "json.h"

static void put_info(const struct ep_made *m, int done, struct ep_text *out)
{
    static const char *const reasons[] = {
        "not enough samples",
        "feature table user_profile is missing column age",
        "out of memory",
    };
    struct ep_text info = { NULL, 0, 0 };

    if (!done)
        ep_puts(&info, "{\"errors\":[]}");
    else if (m->fails)
        ep_putf(&info, "{\"errors\":[\"%s\"]}", reasons[ep_mix(m->number, 3) % 3]);
    else
        ep_putf(&info, "{\"recall\":%u.%02u,\"auc\":0.%04u,\"errors\":[]}",
                (unsigned)(88 + ep_mix(m->number, 1) % 9),
                (unsigned)(ep_mix(m->number, 1) / 9 % 100),
                (unsigned)(6900 + ep_mix(m->number, 2) % 1200));
    ep_json_quote(ep_span_of(&info), out);
    ep_free(&info);
}

/* Return the progress at which a run that fails stops. */
static int64_t get_failing_progress(const struct ep_made *m)
{
    return 5 + (int64_t)(ep_mix(m->number, 4) % 90);
}

int ep_made_stage(const struct ep_made *m, int64_t now_ms)
{
    int64_t most = m->arrived && m->fails ? get_failing_progress(m) : 100, progress;

    if (now_ms >= m->end_ms)
        return 101;
    if (now_ms <= m->start_ms)
        return 0;
    progress = (now_ms - m->start_ms) * most / (m->end_ms - m->start_ms);
    return progress > 99 ? 99 : (int)progress;
}

void ep_made_plan(struct ep_made *m, uint64_t number, int64_t start_ms, int64_t run_ms)
{
    int64_t length = run_ms * (int64_t)(75 + ep_mix(number, 5) % 51) / 100;

    memset(m, 0, sizeof(*m));
    m->number = number;
    m->start_ms = start_ms;
    m->end_ms = start_ms + (length > 0 ? length : 1);
    m->fails = number % 13 == 7;
    m->arrived = 1;
}

/* Put the id of a made-up run, with its start in seconds. The id of a run that arrived later has
 * the milliseconds, too: only such runs can start in the same second. */
void ep_made_run_id(const struct ep_made *m, struct ep_text *out)
{
    struct ep_text date = { NULL, 0, 0 };

    ep_date_iso(m->start_ms / 1000, &date);
    ep_putf(out, "trigger__%.19s", date.mem);
    if (m->arrived)
        ep_putf(out, ".%03d", (int)(m->start_ms % 1000));
    ep_free(&date);
}

void ep_made_write(const struct ep_made *m, int64_t now_ms, struct ep_text *out)
{
    int progress = ep_made_stage(m, now_ms), done = progress > 100;

    if (done)
        progress = m->fails ? (int)get_failing_progress(m) : 100;
    ep_putf(out, "{\"functionName\":\"ctr\",\"progress\":%d,\"status\":\"%s\",\"startTime\":%lld,",
            progress, done ? m->fails ? "failed" : "success" : "running", (long long)m->start_ms);
    ep_putf(out, "\"endTime\":%lld,\"extendInfo\":", done ? (long long)m->end_ms : 0LL);
    put_info(m, done, out);
    ep_puts(out, ",\"runId\":\"");
    ep_made_run_id(m, out);
    ep_putf(out, "\",\"generation\":\"%llu\"}", (unsigned long long)m->number);
}
