/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "json.h"

const char *ep_reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } known[] = {
        { 200, "OK" },
        { 204, "No Content" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 304, "Not Modified" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 413, "Content Too Large" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
    };
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].status == status)
            return known[i].text;
    return "Unnamed";
}

/* Put the opening brace of a body, and the unknown member if there is to be one. */
void ep_reply_open(struct ep_reply *r)
{
    r->type = EP_JSON_TYPE;
    r->body.len = 0;
    ep_puts(&r->body, "{");
    if (r->huge < 0)
        return;
    ep_puts(&r->body, "\"padding\":\"");
    ep_fill(&r->body, 'x', (size_t)r->huge);
    ep_puts(&r->body, "\",");
}

void ep_reply_text(struct ep_reply *r, const char *name, const char *text, int pascal)
{
    ep_put_name(name, pascal, &r->body);
    ep_json_quote(ep_span(text), &r->body);
    ep_puts(&r->body, ",");
}

/* Put the first members of a response. The documentation has a sample in each spelling, and the
 * samples differ in the status of a successful call. */
static void open_envelope(struct ep_reply *r, int64_t latency_ms)
{
    r->status = 200;
    r->code = "OK";
    ep_reply_open(r);
    ep_reply_text(r, "status", r->pascal ? "200" : "OK", r->pascal);
    ep_reply_text(r, "requestId", r->id, r->pascal);
    ep_put_name("httpCode", r->pascal, &r->body);
    ep_puts(&r->body, "200,");
    ep_reply_text(r, "code", r->pascal ? "200" : "", r->pascal);
    ep_reply_text(r, "message", "", r->pascal);
    ep_put_name("latency", r->pascal, &r->body);
    ep_putf(&r->body, "%lld,", (long long)latency_ms);
}

/* Find the tasks on the page. Returns how many; *page: pointers to them, to be freed. */
static size_t find_page(const struct ep_store *s, const struct ep_filter *f,
                        const struct ep_task ***page)
{
    int64_t skip = (f->page - 1) * f->size, found = 0;
    size_t i = 0, most = (uint64_t)f->size < s->count ? (size_t)f->size : s->count, count = 0;

    *page = ep_alloc(NULL, most + 1, sizeof(const struct ep_task *));
    if (ep_filter_any(f)) /* all tasks match, so tasks of earlier pages need not be read */
        i = (uint64_t)skip < s->count ? (size_t)skip : s->count;
    found = (int64_t)i;
    for (; i < s->count && count < most; i++)
        if (ep_filter_match(f, &s->tasks[i]) && found++ >= skip)
            (*page)[count++] = &s->tasks[i];
    return count;
}

/* Whether the plan of the response has the fault. */
static int has_fault(const struct ep_reply *r, enum ep_fault_kind kind)
{
    return r->plan && ep_planned(r->plan, kind);
}

static void put_total(struct ep_reply *r, size_t total)
{
    int64_t total_sent = has_fault(r, EP_TOTAL) ? r->plan->arg[EP_TOTAL] : (int64_t)total;

    if (total_sent < 0)
        return;
    ep_put_name("totalCount", r->pascal, &r->body);
    ep_putf(&r->body, "%lld,", (long long)total_sent);
}

void ep_reply_list(struct ep_reply *r, const struct ep_store *s, const struct ep_filter *f,
                   const struct osft_span *function, int64_t latency_ms)
{
    const struct ep_task **page;
    struct ep_filter filter = *f;
    size_t i, count;

    if (has_fault(r, EP_REPEAT))
        filter.page = 1;
    if (has_fault(r, EP_CAP) && filter.size > r->plan->arg[EP_CAP])
        filter.size = r->plan->arg[EP_CAP];
    count = find_page(s, &filter, &page);
    if (has_fault(r, EP_LOST_PAGE))
        count = 0;
    open_envelope(r, latency_ms);
    put_total(r, ep_store_count(s, f));
    ep_put_name("result", r->pascal, &r->body);
    ep_puts(&r->body, "[");
    for (i = 0; i < count; i++) {
        ep_puts(&r->body, i ? "," : "");
        ep_task_write(page[has_fault(r, EP_DISORDER) ? count - 1 - i : i], r->pascal, function,
                      &r->body);
    }
    ep_puts(&r->body, "]}");
    free(page);
}

void ep_reply_get(struct ep_reply *r, const struct ep_task *t, const struct osft_span *function,
                  int64_t latency_ms)
{
    open_envelope(r, latency_ms);
    ep_put_name("result", r->pascal, &r->body);
    ep_task_write(t, r->pascal, function, &r->body);
    ep_puts(&r->body, "}");
}

void ep_reply_refusal(struct ep_reply *r, int status, const char *code, struct osft_span message)
{
    r->status = status;
    r->code = code;
    ep_reply_open(r);
    ep_reply_text(r, "requestId", r->id, 1);
    ep_put_name("hostId", 1, &r->body);
    ep_json_quote(r->host, &r->body);
    ep_puts(&r->body, ",");
    ep_reply_text(r, "code", code, 1);
    ep_put_name("message", 1, &r->body);
    ep_json_quote(message, &r->body);
    ep_puts(&r->body, ",\"Recommend\":\"Made by osft-endpoint; see its --help.\"}");
}

static void put_chunks(struct osft_span body, size_t size, struct ep_text *out)
{
    while (body.len) {
        struct osft_span chunk = { body.ptr, body.len < size ? body.len : size };

        ep_putf(out, "%lx\r\n", (unsigned long)chunk.len);
        ep_put_span(out, chunk);
        ep_puts(out, "\r\n");
        body.ptr += chunk.len;
        body.len -= chunk.len;
    }
    ep_puts(out, "0\r\n\r\n");
}

static void put_date(const struct ep_plan *plan, int64_t clock_s, struct ep_text *out)
{
    int fault = ep_planned(plan, EP_DATE) ? (int)plan->arg[EP_DATE] : -1;

    if (fault == EP_DATE_NONE)
        return;
    ep_puts(out, "Date: ");
    if (fault == EP_DATE_GARBAGE)
        ep_puts(out, "Thu, 32 Foo 2024 25:61:61 LMT");
    else
        ep_date_http(fault == EP_DATE_ABSURD ? 0 : clock_s, out);
    ep_puts(out, "\r\n");
}

void ep_reply_write(const struct ep_reply *r, const struct ep_plan *plan, int64_t clock_s, int keep,
                    struct ep_text *out)
{
    int bodiless = r->status == 204 || r->status == 304;

    ep_putf(out, "HTTP/1.1 %d %s\r\n", r->status, ep_reason(r->status));
    put_date(plan, clock_s, out);
    ep_putf(out, "Connection: %s\r\nx-acs-request-id: %s\r\n", keep ? "keep-alive" : "close",
            r->id);
    if (ep_planned(plan, EP_KEEP_ALIVE))
        ep_putf(out, "Keep-Alive: timeout=%lld\r\n", (long long)plan->arg[EP_KEEP_ALIVE]);
    if (ep_planned(plan, EP_RETRY_AFTER))
        ep_putf(out, "Retry-After: %lld\r\n", (long long)plan->arg[EP_RETRY_AFTER]);
    ep_put_span(out, ep_span_of(&r->headers));
    if (bodiless) {
        ep_puts(out, "\r\n");
        return;
    }
    ep_putf(out, "Content-Type: %s\r\n", r->type);
    if (ep_planned(plan, EP_CHUNKED)) {
        ep_puts(out, "Transfer-Encoding: chunked\r\n\r\n");
        put_chunks(ep_span_of(&r->body), (size_t)plan->arg[EP_CHUNKED], out);
    } else {
        ep_putf(out, "Content-Length: %lu\r\n\r\n", (unsigned long)r->body.len);
        ep_put_span(out, ep_span_of(&r->body));
    }
}
