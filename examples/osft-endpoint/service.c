/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "canon.h"
#include "date.h"
#include "metadata.h"
#include "sign.h"

#define API_VERSION "2017-12-25"
#define ID_SIZE     37

/* The names in a path. Begin with all zero; end with free_route(). */
struct route {
    struct ep_text app_group, function, instance, generation;
    int get; /* 1: GetFunctionTask; 0: ListFunctionTasks */
};

/* Decode the next segment of a path. Returns 0, or -1 when there is none, it is empty, or a % is
 * broken. */
static int decode_segment(struct osft_span *path, struct ep_text *out)
{
    struct osft_span raw = *path;

    if (path->len == 0 || path->ptr[0] != '/')
        return -1;
    raw.ptr++;
    for (raw.len = 0; raw.len < path->len - 1 && raw.ptr[raw.len] != '/'; raw.len++)
        ;
    path->ptr += raw.len + 1;
    path->len -= raw.len + 1;
    return raw.len == 0 ? -1 : ep_decode(raw, 0, out);
}

/* Parse a path. Returns 0, or -1 when there is nothing at that path. */
static int parse_route(struct osft_span path, struct route *route)
{
    if (ep_take(&path, "/v4/openapi/app-groups") || decode_segment(&path, &route->app_group) ||
        ep_take(&path, "/functions") || decode_segment(&path, &route->function) ||
        ep_take(&path, "/instances") || decode_segment(&path, &route->instance) ||
        ep_take(&path, "/tasks"))
        return -1;
    if (path.len == 0)
        return 0;
    route->get = 1;
    return decode_segment(&path, &route->generation) || path.len ? -1 : 0;
}

static void free_route(struct route *route)
{
    ep_free(&route->app_group);
    ep_free(&route->function);
    ep_free(&route->instance);
    ep_free(&route->generation);
}

/* Check that the requested resource exists, and that path and headers name the same operation. */
static int check_operation(const struct ep_request *r, struct route *route, struct ep_refusal *why)
{
    const struct ep_header *action = ep_header(r, "x-acs-action");
    const struct ep_header *version = ep_header(r, "x-acs-version");

    if (parse_route(r->path, route))
        return ep_refuse(why, 404, "InvalidAction.NotFound",
                         "Specified api is not found, please check your url and method.");
    if (!ep_same(r->method, "GET"))
        return ep_refuse(why, 405, "UnsupportedHTTPMethod", "This http method is not supported.");
    if (action && !ep_same(action->value, route->get ? "GetFunctionTask" : "ListFunctionTasks"))
        return ep_refuse(why, 404, "InvalidAction.NotFound",
                         "The path and x-acs-action name different operations.");
    if (version && !ep_same(version->value, API_VERSION))
        return ep_refuse(why, 400, "InvalidVersion", "Specified parameter Version is not valid.");
    return 0;
}

static int64_t ticks_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Look up the tasks for an accepted request. */
static int look_up_tasks(struct ep_service *s, const struct route *route, const struct ep_query *q,
                         int64_t now_ms, struct ep_reply *reply, struct ep_refusal *why)
{
    struct osft_span name = ep_span_of(&route->function);
    const struct osft_span *function = s->store.made_up ? &name : NULL;
    int64_t began_ms = ticks_ms();
    const struct ep_task *task;
    struct ep_filter filter;

    if (!route->get) {
        if (ep_filter_parse(q, &filter, why))
            return -1;
        ep_store_tick_list(&s->store, now_ms);
        ep_reply_list(reply, &s->store, &filter, function, ticks_ms() - began_ms);
        return 0;
    }
    ep_store_tick(&s->store, now_ms);
    task = ep_store_get(&s->store, ep_span_of(&route->generation));
    if (!task)
        return ep_refuse(why, 404, "Task.NotExist", "The task does not exist.");
    ep_reply_get(reply, task, function, ticks_ms() - began_ms);
    return 0;
}

static int make_proper_reply(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                             int64_t clock_s, struct ep_reply *reply, struct ep_refusal *why)
{
    struct route route;
    struct ep_query query;
    int err;

    if (ep_is_metadata(s, r))
        return ep_metadata_serve(s, r, clock_s, reply, why);
    memset(&route, 0, sizeof(route));
    memset(&query, 0, sizeof(query));
    err = check_operation(r, &route, why);
    if (!err && ep_query_parse(r->query, &query))
        err = ep_refuse(why, 400, "InvalidParameter", "The query is not well formed.");
    if (!err)
        err = ep_gate_check(&s->gate, r, clock_s, now_ms / 1000, why);
    if (!err)
        err = look_up_tasks(s, &route, &query, now_ms, reply, why);
    ep_free(&query.text);
    free_route(&route);
    return err;
}

/* Make a request id in the form of the service, different for each request of each run. */
static void make_id(struct ep_service *s, char id[ID_SIZE])
{
    unsigned char text[sizeof(s->seed) + sizeof(s->served)], digest[32];
    struct osft_span span = { (const char *)text, sizeof(text) };
    int i, at = 0;

    s->served++;
    memcpy(text, s->seed, sizeof(s->seed));
    memcpy(text + sizeof(s->seed), &s->served, sizeof(s->served));
    ep_sha256(span, digest);
    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            id[at++] = '-';
        at += snprintf(id + at, (size_t)(ID_SIZE - at), "%02X", digest[i]);
    }
}

static void log_line(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                     const struct ep_reply *reply, const char *link, const struct ep_exchange *x)
{
    struct osft_span dash = { "-", 1 };
    struct ep_text line = { NULL, 0, 0 };

    if (!s->log)
        return;
    ep_date_iso(now_ms / 1000, &line);
    ep_puts(&line, " ");
    ep_put_span(&line, r ? r->method : dash);
    ep_puts(&line, " ");
    ep_put_span(&line, r ? r->target : dash);
    ep_putf(&line, " %d %s %s conn=%llu nth=%llu ms=%lld fault=", reply->status, reply->code, link,
            (unsigned long long)x->conn, (unsigned long long)x->nth, (long long)now_ms);
    ep_plan_name(&x->plan, &line);
    ep_puts(&line, "\n");
    fwrite(line.mem, 1, line.len, s->log);
    fflush(s->log);
    ep_free(&line);
}

static void make_reply(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                       struct ep_exchange *x, struct ep_reply *reply)
{
    struct ep_refusal why = { 0, NULL, { NULL, 0, 0 } };

    if (ep_planned(&x->plan, EP_REFUSE))
        ep_gate_echo(&s->gate, r, &why.message);
    reply->echo = ep_span_of(&why.message);
    if (!ep_reply_instead(reply, &x->plan, &x->out) &&
        make_proper_reply(s, r, now_ms, reply->clock_s, reply, &why)) {
        if (why.status == 405) { /* no body may follow the response to HEAD */
            ep_puts(&reply->headers,
                    ep_same(r->path, EP_TOKEN_PATH) ? "Allow: PUT\r\n" : "Allow: GET\r\n");
            x->keep = 0;
        }
        ep_reply_refusal(reply, why.status, why.code, ep_span_of(&why.message));
    }
    ep_free(&why.message);
}

void ep_service_answer(struct ep_service *s, const struct ep_request *r, int64_t now_ms,
                       const char *link, struct ep_exchange *x)
{
    const struct ep_header *host = r ? ep_header(r, "host") : NULL;
    struct ep_reply reply;
    char id[ID_SIZE];

    ep_fault_plan(&s->faults, &x->plan);
    memset(&reply, 0, sizeof(reply));
    make_id(s, id);
    reply.id = id;
    reply.host = host ? host->value : ep_span("");
    reply.pascal = s->pascal;
    reply.huge = ep_planned(&x->plan, EP_HUGE) ? x->plan.arg[EP_HUGE] : -1;
    reply.plan = &x->plan;
    reply.clock_s = now_ms / 1000 + x->plan.arg[EP_SKEW];
    x->nth++;
    x->keep = r && r->keep && !ep_planned(&x->plan, EP_CLOSE) && !ep_planned(&x->plan, EP_EARLY);
    x->out.len = 0;
    make_reply(s, r, now_ms, x, &reply);
    if (reply.status == 0)
        x->keep = 0;
    else
        ep_reply_write(&reply, &x->plan, reply.clock_s, x->keep, &x->out);
    ep_plan_cut(&x->plan, x->out.len);
    log_line(s, r, now_ms, &reply, link, x);
    ep_free(&reply.headers);
    ep_free(&reply.body);
}

void ep_service_reject(struct ep_service *s, int status, int64_t now_ms, const char *link,
                       struct ep_exchange *x)
{
    struct ep_reply reply;
    char id[ID_SIZE];

    memset(&reply, 0, sizeof(reply));
    memset(&x->plan, 0, sizeof(x->plan));
    make_id(s, id);
    reply.id = id;
    reply.host = ep_span("");
    reply.huge = -1;
    x->nth++;
    x->keep = 0;
    x->out.len = 0;
    ep_reply_refusal(&reply, status, "BadRequest", ep_span("This is not a well-formed request."));
    ep_reply_write(&reply, &x->plan, now_ms / 1000, 0, &x->out);
    log_line(s, NULL, now_ms, &reply, link, x);
    ep_free(&reply.body);
}
