/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <string.h>

#define TEN_YEARS_S (10 * 365 * 86400LL)

#define NEEDED INT64_MIN
#define NONE   INT64_MAX

static const struct {
    const char *name;
    int64_t least, most;
    int64_t usual; /* the argument when none is given, or NEEDED, or NONE */
} kinds[EP_FAULT_KINDS] = {
    { "cut", 0, INT32_MAX, NEEDED },
    { "split", 1, INT32_MAX, NEEDED },
    { "chunked", 1, INT32_MAX, NEEDED },
    { "delay", 0, 3600000, NEEDED },
    { "close", 0, 0, NONE },
    { "close-idle", 0, 0, NONE },
    { "huge", 0, 256 << 20, NEEDED },
    { "skew", -TEN_YEARS_S, TEN_YEARS_S, NEEDED },
    { "date", 0, 2, NEEDED },
    { "retry-after", 0, 86400, NEEDED },
    { "keep-alive", 0, 86400, NEEDED },
    { "total", 0, INT64_MAX, NEEDED },
    { "repeat", 0, 0, NONE },
    { "cap", 1, INT32_MAX, NEEDED },
    { "disorder", 0, 0, NONE },
    { "lost-page", 0, 0, NONE },
    { "drop", 0, 0, NONE },
    { "stall", 0, 0, NONE },
    { "early", 400, 599, 403 },
    { "status", 200, 599, NEEDED },
    { "refuse", 200, 599, NEEDED },
    { "throttle", 0, 86400, 1 },
    { "throttle-ms", 0, 86400000, NEEDED },
    { "throttle-date", -86400, 86400, NEEDED },
    { "garbage", 0, 1, 0 },
    { "html", 200, 599, 502 },
    { "chaos", 0, 100, NEEDED },
};

static const unsigned instead = 1U << EP_DROP | 1U << EP_STALL | 1U << EP_EARLY | 1U << EP_STATUS |
                                1U << EP_REFUSE | 1U << EP_THROTTLE | 1U << EP_THROTTLE_MS |
                                1U << EP_THROTTLE_DATE | 1U << EP_GARBAGE | 1U << EP_HTML;

/* The arguments that are words. */
static const struct {
    enum ep_fault_kind kind;
    const char *word;
    int64_t arg;
} words[] = {
    { EP_DATE, "none", EP_DATE_NONE },
    { EP_DATE, "garbage", EP_DATE_GARBAGE },
    { EP_DATE, "absurd", EP_DATE_ABSURD },
    { EP_TOTAL, "none", -1 },
    { EP_THROTTLE, "none", -1 },
    { EP_GARBAGE, "head", 0 },
    { EP_GARBAGE, "body", 1 },
};

static const char *parse_number(struct osft_span text, struct ep_fault *f)
{
    if (ep_int64(text, &f->arg))
        return "ARG is not a whole number";
    if (f->arg < kinds[f->kind].least || f->arg > kinds[f->kind].most)
        return "ARG is out of range";
    return NULL;
}

/* Split text at the first c: the part before goes to *before, and text begins behind c. Returns 1,
 * or 0 when text has no c and goes to *before as a whole. */
static int split_at(struct osft_span *text, char c, struct osft_span *before)
{
    const char *at = text->len ? memchr(text->ptr, c, text->len) : NULL;

    *before = *text;
    if (!at)
        return 0;
    before->len = (size_t)(at - text->ptr);
    text->ptr = at + 1;
    text->len -= before->len + 1;
    return 1;
}

/* Parse CODE[@HTTP]. Returns NULL, or what is wrong. */
static const char *parse_code(struct osft_span text, struct ep_fault *f)
{
    struct osft_span code;
    int has_status = split_at(&text, '@', &code);
    size_t i;

    for (i = 0; i < code.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-",
                    code.ptr[i]))
            return "CODE is letters, digits, dots, - and _";
    if (code.len == 0 || code.len >= sizeof(f->code))
        return "CODE has 1 to 63 characters";
    memcpy(f->code, code.ptr, code.len);
    f->arg = 0;
    return has_status ? parse_number(text, f) : NULL;
}

static const char *parse_arg(int has_arg, struct osft_span text, struct ep_fault *f)
{
    int64_t usual = kinds[f->kind].usual;
    size_t i;

    f->arg = usual == NONE ? 0 : usual;
    if (!has_arg)
        return usual == NEEDED ? "this fault needs =ARG" : NULL;
    if (usual == NONE)
        return "this fault takes no =ARG";
    if (f->kind == EP_REFUSE)
        return parse_code(text, f);
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].kind == f->kind && ep_same(text, words[i].word)) {
            f->arg = words[i].arg;
            return NULL;
        }
    }
    if (f->kind == EP_GARBAGE)
        return "garbage is =head or =body";
    if (f->kind == EP_DATE)
        return "date is =none, =garbage or =absurd";
    return parse_number(text, f);
}

/* Parse COUNT[@FIRST]. Returns NULL, or what is wrong. */
static const char *parse_count(struct osft_span text, struct ep_fault *f)
{
    struct osft_span count;
    int has_first = split_at(&text, '@', &count);

    if (ep_int64(count, &f->left) || f->left < 1)
        return "COUNT is not a whole number above 0";
    if (has_first && (ep_int64(text, &f->first) || f->first < 1))
        return "FIRST is not a whole number above 0";
    return NULL;
}

static const char *parse(struct osft_span text, struct ep_fault *f)
{
    struct osft_span arg, name;
    const char *wrong;
    int kind, has_arg;

    memset(f, 0, sizeof(*f));
    f->left = -1;
    if (split_at(&text, ':', &arg)) {
        wrong = parse_count(text, f);
        if (wrong)
            return wrong;
    }
    has_arg = split_at(&arg, '=', &name);
    for (kind = 0; kind < EP_FAULT_KINDS; kind++) {
        if (ep_same(name, kinds[kind].name)) {
            f->kind = (enum ep_fault_kind)kind;
            return parse_arg(has_arg, arg, f);
        }
    }
    return "no such fault; --help lists them";
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

/* Draw at random whether chaos adds a fault to this request, and which fault. Each request has a
 * random number of its own. */
static void draw_chaos(const struct ep_faults *f, struct ep_plan *plan)
{
    uint64_t lot = ep_mix(f->seed, (uint64_t)f->requests);

    if ((int64_t)(lot % 100) < plan->arg[EP_CHAOS])
        ep_chaos_plan(ep_mix(lot, 1), plan);
}

void ep_fault_plan(struct ep_faults *f, struct ep_plan *plan)
{
    unsigned taken = 0;
    size_t i;

    memset(plan, 0, sizeof(*plan));
    f->requests++;
    for (i = 0; i < f->count; i++) {
        struct ep_fault *fault = &f->list[i];
        unsigned bit = 1U << fault->kind;

        if (fault->left == 0 || fault->first > f->requests || (taken & bit))
            continue;
        taken |= bit & instead ? instead : bit;
        plan->set |= bit;
        plan->arg[fault->kind] = fault->arg;
        if (fault->kind == EP_REFUSE)
            plan->code = fault->code;
        if (fault->left > 0)
            fault->left--;
    }
    /* A named fault that replaces the response is not changed by chaos. */
    if (ep_planned(plan, EP_CHAOS) && !(plan->set & instead))
        draw_chaos(f, plan);
}

int ep_fault_is_next(const struct ep_faults *f, enum ep_fault_kind kind)
{
    size_t i;

    for (i = 0; i < f->count; i++) {
        const struct ep_fault *fault = &f->list[i];

        if (fault->left != 0 && fault->first <= f->requests + 1 && (1U << fault->kind & instead))
            return fault->kind == kind;
    }
    return 0;
}

void ep_plan_cut(struct ep_plan *plan, size_t response_len)
{
    if (plan->cut_percent)
        plan->arg[EP_CUT] = (int64_t)response_len * plan->arg[EP_CUT] / 100;
    plan->cut_percent = 0;
}

int ep_planned(const struct ep_plan *plan, enum ep_fault_kind kind)
{
    return (plan->set >> kind & 1) != 0;
}

void ep_plan_name(const struct ep_plan *plan, struct ep_text *out)
{
    const char *comma = "";
    int kind;

    for (kind = 0; kind < EP_FAULT_KINDS; kind++) {
        if (!ep_planned(plan, (enum ep_fault_kind)kind))
            continue;
        ep_puts(out, comma);
        ep_puts(out, kinds[kind].name);
        comma = ",";
    }
    if (!*comma)
        ep_puts(out, "-");
}
