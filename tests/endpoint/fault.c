/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <string.h>

#define TEN_YEARS_S (10 * 365 * 86400LL)

static const struct {
    const char *name;
    int64_t least, most;
    int64_t usual; /* when no argument is given; NEEDED: one has to be; NONE: none may be */
} kinds[EP_FAULT_KINDS] = {
#define NEEDED INT64_MIN
#define NONE   INT64_MAX
    { "cut", 0, INT32_MAX, NEEDED },
    { "split", 1, INT32_MAX, NEEDED },
    { "chunked", 1, INT32_MAX, NEEDED },
    { "delay", 0, 3600000, NEEDED },
    { "close-idle", 0, 0, NONE },
    { "huge", 0, 256 << 20, NEEDED },
    { "skew", -TEN_YEARS_S, TEN_YEARS_S, NEEDED },
    { "stall", 0, 0, NONE },
    { "status", 200, 599, NEEDED },
    { "throttle", 0, 86400, 1 },
    { "garbage", 0, 1, 0 },
    { "html", 200, 599, 502 },
};

static const unsigned instead =
    1U << EP_STALL | 1U << EP_STATUS | 1U << EP_THROTTLE | 1U << EP_GARBAGE | 1U << EP_HTML;

/* Past the name: [=ARG] */
static const char *parse_arg(struct osft_span text, struct ep_fault *f)
{
    int64_t usual = kinds[f->kind].usual;

    f->arg = usual == NONE ? 0 : usual;
    if (text.len == 0)
        return usual == NEEDED ? "this fault needs =ARG" : NULL;
    if (usual == NONE)
        return "this fault takes no =ARG";
    text.ptr++;
    text.len--;
    if (f->kind == EP_GARBAGE) {
        f->arg = ep_same(text, "body");
        return f->arg || ep_same(text, "head") ? NULL : "garbage is =head or =body";
    }
    if (ep_int64(text, &f->arg))
        return "ARG is not a whole number";
    if (f->arg < kinds[f->kind].least || f->arg > kinds[f->kind].most)
        return "ARG is out of range";
    return NULL;
}

static const char *parse(struct osft_span text, struct ep_fault *f)
{
    const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
    struct osft_span name = text;
    int kind;

    f->left = -1;
    if (colon) {
        struct osft_span count = { colon + 1, (size_t)(text.ptr + text.len - colon) - 1 };

        if (ep_int64(count, &f->left) || f->left < 1)
            return "COUNT is not a whole number above 0";
        text.len = (size_t)(colon - text.ptr);
    }
    for (name.len = 0; name.len < text.len && name.ptr[name.len] != '='; name.len++)
        ;
    text.ptr += name.len;
    text.len -= name.len;
    for (kind = 0; kind < EP_FAULT_KINDS; kind++) {
        if (ep_same(name, kinds[kind].name)) {
            f->kind = (enum ep_fault_kind)kind;
            return parse_arg(text, f);
        }
    }
    return "no such fault";
}

const char *ep_fault_add(struct ep_faults *f, const char *text)
{
    struct ep_fault fault;
    const char *wrong = parse(ep_span(text), &fault);

    if (!wrong && f->count == EP_FAULTS_MAX)
        wrong = "too many faults";
    if (!wrong)
        f->list[f->count++] = fault;
    return wrong;
}

void ep_fault_plan(struct ep_faults *f, struct ep_plan *plan)
{
    unsigned taken = 0;
    size_t i;

    memset(plan, 0, sizeof(*plan));
    for (i = 0; i < f->count; i++) {
        struct ep_fault *fault = &f->list[i];
        unsigned bit = 1U << fault->kind;

        if (fault->left == 0 || (taken & bit))
            continue;
        taken |= bit & instead ? instead : bit;
        plan->set |= bit;
        plan->arg[fault->kind] = fault->arg;
        if (fault->left > 0)
            fault->left--;
    }
}

int ep_planned(const struct ep_plan *plan, enum ep_fault_kind kind)
{
    return (plan->set >> kind & 1) != 0;
}
