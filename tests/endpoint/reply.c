/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include <string.h>

#include "date.h"
#include "json.h"

#define JSON_TYPE "application/json;charset=utf-8"

static const char *reason(int status)
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

/* The opening of a body, with the unknown member where one is wanted. */
static void open_body(struct ep_reply *r)
{
    r->type = JSON_TYPE;
    r->body.len = 0;
    ep_puts(&r->body, "{");
    if (r->huge < 0)
        return;
    ep_puts(&r->body, "\"padding\":\"");
    ep_fill(&r->body, 'x', (size_t)r->huge);
    ep_puts(&r->body, "\",");
}

static void put_text(struct ep_reply *r, const char *name, const char *text, int pascal)
{
    ep_put_name(name, pascal, &r->body);
    ep_json_quote(ep_span(text), &r->body);
    ep_puts(&r->body, ",");
}

/* Both spellings have a sample in the documentation, and these differ in what a good call says. */
static void open_envelope(struct ep_reply *r, int64_t latency_ms)
{
    r->status = 200;
    r->code = "OK";
    open_body(r);
    put_text(r, "status", r->pascal ? "200" : "OK", r->pascal);
    put_text(r, "requestId", r->id, r->pascal);
    ep_put_name("httpCode", r->pascal, &r->body);
    ep_puts(&r->body, "200,");
    put_text(r, "code", r->pascal ? "200" : "", r->pascal);
    put_text(r, "message", "", r->pascal);
    ep_put_name("latency", r->pascal, &r->body);
    ep_putf(&r->body, "%lld,", (long long)latency_ms);
}

void ep_reply_list(struct ep_reply *r, const struct ep_store *s, const struct ep_filter *f,
                   const struct osft_span *function, int64_t latency_ms)
{
    int64_t skip = (f->page - 1) * f->size, found = 0;
    size_t i;

    open_envelope(r, latency_ms);
    ep_put_name("totalCount", r->pascal, &r->body);
    ep_putf(&r->body, "%lu,", (unsigned long)ep_store_count(s, f));
    ep_put_name("result", r->pascal, &r->body);
    ep_puts(&r->body, "[");
    for (i = 0; i < s->count && found - skip < f->size; i++) {
        if (!ep_filter_match(f, &s->tasks[i]) || found++ < skip)
            continue;
        ep_puts(&r->body, found - skip > 1 ? "," : "");
        ep_task_write(&s->tasks[i], r->pascal, function, &r->body);
    }
    ep_puts(&r->body, "]}");
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
    open_body(r);
    put_text(r, "requestId", r->id, 1);
    ep_put_name("hostId", 1, &r->body);
    ep_json_quote(r->host, &r->body);
    ep_puts(&r->body, ",");
    put_text(r, "code", code, 1);
    ep_put_name("message", 1, &r->body);
    ep_json_quote(message, &r->body);
    ep_puts(&r->body, ",\"Recommend\":\"Made by osft-endpoint; see its --help.\"}");
}

/* HTTP says 200 and the body says no, as the service itself does at times. */
static void refuse_within_200(struct ep_reply *r)
{
    r->status = 200;
    r->code = "App.NotFound";
    open_body(r);
    put_text(r, "status", "FAIL", r->pascal);
    put_text(r, "requestId", r->id, r->pascal);
    ep_put_name("httpCode", r->pascal, &r->body);
    ep_puts(&r->body, "404,");
    put_text(r, "code", r->code, r->pascal);
    ep_put_name("message", r->pascal, &r->body);
    ep_puts(&r->body, "\"App not found.\"}");
}

static void answer_status(struct ep_reply *r, int status)
{
    static const struct {
        int status;
        const char *code, *message;
    } known[] = {
        { 400, "InvalidParameter", "The specified parameter is not valid." },
        { 403, "Forbidden.RAM", "User not authorized to operate on the specified resource." },
        { 404, "App.NotFound", "App not found." },
        { 429, "Throttling", "Request was denied due to request throttling." },
        { 500, "InternalError", "The request processing has failed due to some unknown error." },
        { 503, "ServiceUnavailable", "The request has failed due to a temporary failure." },
    };
    const char *code = status >= 500 ? "ServiceUnavailable" : "Refused";
    const char *message = reason(status);
    size_t i;

    if (status == 200) {
        refuse_within_200(r);
        return;
    }
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].status == status) {
            code = known[i].code;
            message = known[i].message;
        }
    }
    if (status >= 300 && status < 400) {
        code = "Moved";
        ep_puts(&r->headers, "Location: https://localhost/moved\r\n");
    }
    ep_reply_refusal(r, status, code, ep_span(message));
}

static void answer_html(struct ep_reply *r, int status)
{
    r->status = status;
    r->code = "html";
    r->type = "text/html";
    r->body.len = 0;
    ep_puts(&r->body, "<!DOCTYPE html>\r\n<html>\r\n<head><title>");
    ep_putf(&r->body, "%d %s", status, reason(status));
    ep_puts(&r->body, "</title></head>\r\n<body><h1>The proxy in between says no</h1></body>\r\n"
                      "</html>\r\n");
}

static void answer_garbage(struct ep_reply *r, int in_body, struct ep_text *raw)
{
    static const char noise[] = "\x16\x00\xff\x80 this is not HTTP \x01\x02\r\n\r\n{\"result\":[]}";

    r->code = "garbage";
    if (!in_body) {
        r->status = 0;
        ep_put(raw, noise, sizeof(noise) - 1);
        return;
    }
    r->status = 200;
    r->type = JSON_TYPE;
    r->body.len = 0;
    ep_puts(&r->body, "{\"status\":\"OK\",\"result\":[{\"progress\":01,}]}");
}

int ep_reply_instead(struct ep_reply *r, const struct ep_plan *plan, struct ep_text *raw)
{
    if (ep_planned(plan, EP_STALL)) {
        r->status = 0;
        r->code = "stall";
    } else if (ep_planned(plan, EP_STATUS)) {
        answer_status(r, (int)plan->arg[EP_STATUS]);
    } else if (ep_planned(plan, EP_THROTTLE)) {
        ep_putf(&r->headers, "Retry-After: %ld\r\n", (long)plan->arg[EP_THROTTLE]);
        ep_reply_refusal(r, 429, "Throttling.User",
                         ep_span("Request was denied due to user flow control."));
    } else if (ep_planned(plan, EP_GARBAGE)) {
        answer_garbage(r, (int)plan->arg[EP_GARBAGE], raw);
    } else if (ep_planned(plan, EP_HTML)) {
        answer_html(r, (int)plan->arg[EP_HTML]);
    } else {
        return 0;
    }
    return 1;
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

void ep_reply_write(const struct ep_reply *r, const struct ep_plan *plan, int64_t clock_s, int keep,
                    struct ep_text *out)
{
    int bodiless = r->status == 204 || r->status == 304;

    ep_putf(out, "HTTP/1.1 %d %s\r\nDate: ", r->status, reason(r->status));
    ep_date_http(clock_s, out);
    ep_putf(out, "\r\nConnection: %s\r\nx-acs-request-id: %s\r\n", keep ? "keep-alive" : "close",
            r->id);
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
