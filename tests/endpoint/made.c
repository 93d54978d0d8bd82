/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "date.h"
#include "json.h"

/* A well-mixed number that follows from its seed alone, so that each run of the endpoint tells the
 * same story. */
static uint64_t mix(uint64_t seed, uint64_t salt)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + salt;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

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
        ep_putf(&info, "{\"errors\":[\"%s\"]}", reasons[mix(m->number, 3) % 3]);
    else
        ep_putf(&info, "{\"recall\":%u.%02u,\"auc\":0.%04u,\"errors\":[]}",
                (unsigned)(88 + mix(m->number, 1) % 9), (unsigned)(mix(m->number, 1) / 9 % 100),
                (unsigned)(6900 + mix(m->number, 2) % 1200));
    ep_json_quote(ep_span_of(&info), out);
    ep_free(&info);
}

void ep_made_write(const struct ep_made *m, int64_t now_ms, struct ep_text *out)
{
    int done = now_ms >= m->end_ms;
    int64_t progress = done ? 100 : (now_ms - m->start_ms) * 100 / (m->end_ms - m->start_ms);
    struct ep_text date = { NULL, 0, 0 };

    if (!done && progress > 99)
        progress = 99;
    if (done && m->fails)
        progress = 5 + (int64_t)(mix(m->number, 4) % 90);
    ep_date_iso(m->start_ms / 1000, &date);
    ep_putf(out, "{\"functionName\":\"ctr\",\"progress\":%ld,\"status\":\"%s\",\"startTime\":%lld,",
            (long)progress, done ? m->fails ? "failed" : "success" : "running",
            (long long)m->start_ms);
    ep_putf(out, "\"endTime\":%lld,\"extendInfo\":", done ? (long long)m->end_ms : 0LL);
    put_info(m, done, out);
    ep_putf(out, ",\"runId\":\"trigger__%.19s\",\"generation\":\"%llu\"}", date.mem,
            (unsigned long long)m->number);
    ep_free(&date);
}
