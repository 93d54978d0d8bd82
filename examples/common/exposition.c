/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text exposition format. */
#include "exposition.h"
#include "text.h"

void start_metric(struct exposition *exposition)
{
    exposition->has_head = 0;
}

void start_sample(struct exposition *exposition, const char *name, const char *type,
                  const char *help)
{
    struct output *out = exposition->out;

    if (!exposition->has_head) {
        put_text(out, "# HELP ");
        put_text(out, name);
        put_text(out, " ");
        put_text(out, help);
        put_text(out, "\n# TYPE ");
        put_text(out, name);
        put_text(out, " ");
        put_text(out, type);
        put_text(out, "\n");
        exposition->has_head = 1;
    }
    put_text(out, name);
    exposition->labels = 0;
}

void put_label(struct exposition *exposition, const char *name, const char *text, size_t len)
{
    if (text != NULL) {
        put_text(exposition->out, exposition->labels++ == 0 ? "{" : ",");
        put_text(exposition->out, name);
        put_text(exposition->out, "=\"");
        put_escaped(exposition->out, SINK_LABEL, text, len);
        put_text(exposition->out, "\"");
    }
}

void end_sample(struct exposition *exposition, const char *value)
{
    put_text(exposition->out, exposition->labels > 0 ? "} " : " ");
    put_text(exposition->out, value);
    put_text(exposition->out, "\n");
}

const char *get_status_of_set(const struct osft_span *status, enum osft_state state, size_t number,
                              struct osft_span *label)
{
    static const struct {
        enum osft_state state;
        const char *name;
    } states[] = { { OSFT_SUCCESS, "success" },
                   { OSFT_FAILED, "failed" },
                   { OSFT_RUNNING, "running" } };
    const size_t count = sizeof(states) / sizeof(states[0]);

    if (status->len == 0) {
        return NULL;
    }
    if (number < count) {
        *label = osft_span_from(states[number].name);
        return state == states[number].state ? "1" : "0";
    }
    *label = *status;
    return number == count && state == OSFT_STATE_OTHER ? "1" : NULL;
}
