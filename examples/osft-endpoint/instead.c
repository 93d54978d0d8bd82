/* SPDX-License-Identifier: Apache-2.0 */
/* The responses that faults send in place of the proper response. */
#include "reply.h"

#include <string.h>

#include "date.h"
#include "json.h"

/* The error codes of the gateway, with the usual HTTP status of each. */
static const struct refusal {
    const char *code;
    int status;
    const char *message;
} refusals[] = {
    { "InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired." },
    { "InvalidTimeStamp.Format", 400, "Specified time stamp or date value is not well formatted." },
    { "IllegalTimestamp", 400, "The input parameter Timestamp is not supported." },
    { "SignatureNonceUsed", 400, "Specified signature nonce was used already." },
    { "SignatureDoesNotMatch", 403, "Specified signature is not matched with our calculation." },
    { "IncompleteSignature", 400, "The request signature does not conform to the standards." },
    { "InvalidAccessKeyId.NotFound", 404, "Specified access key is not found." },
    { "InvalidAccessKeyId.Inactive", 400, "Specified access key is disabled." },
    { "InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired." },
    { "InvalidSecurityToken.Malformed", 400, "Specified SecurityToken is malformed." },
    { "InvalidSecurityToken.MismatchWithAccessKey", 400,
      "Specified SecurityToken mismatch with the AccessKey." },
    { "Throttling", 400, "Request was denied due to request throttling." },
    { "Throttling.User", 400, "Request was denied due to user flow control." },
    { "Throttling.Api", 400, "Request was denied due to api flow control." },
    { "ServiceUnavailable", 503, "The request has failed due to a temporary failure." },
    { "InternalError", 500, "The request processing has failed due to some unknown error." },
    { "Forbidden.RAM", 403, "User not authorized to operate on the specified resource." },
    { "NoPermission", 403, "You are not authorized to do this action." },
    { "Task.NotExist", 404, "The task does not exist." },
    { "App.NotFound", 404, "App not found." },
    { "InvalidParameter", 400, "The specified parameter is not valid." },
};

static const struct refusal *find(const char *code)
{
    static const struct refusal other = { NULL, 400, "The request was refused." };
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (strcmp(refusals[i].code, code) == 0)
            return &refusals[i];
    return &other;
}

/* Refuse in the body of an HTTP status 200, as the service does at times. */
static void refuse_within_200(struct ep_reply *r, const char *code, int status,
                              struct osft_span message)
{
    r->status = 200;
    r->code = code;
    ep_reply_open(r);
    ep_reply_text(r, "status", "FAIL", r->pascal);
    ep_reply_text(r, "requestId", r->id, r->pascal);
    ep_put_name("httpCode", r->pascal, &r->body);
    ep_putf(&r->body, "%d,", status);
    ep_reply_text(r, "code", code, r->pascal);
    ep_put_name("message", r->pascal, &r->body);
    ep_json_quote(message, &r->body);
    ep_puts(&r->body, "}");
}

/* Refuse with a code. status 0: the usual HTTP status of the code. */
static void send_refusal(struct ep_reply *r, const char *code, int status)
{
    const struct refusal *known = find(code);
    struct osft_span message = ep_span(known->message);

    if (r->echo.len && strcmp(code, "SignatureDoesNotMatch") == 0)
        message = r->echo;
    if (status == 200)
        refuse_within_200(r, code, known->status, message);
    else
        ep_reply_refusal(r, status ? status : known->status, code, message);
}

static void send_status(struct ep_reply *r, int status)
{
    static const struct {
        int status;
        const char *code;
    } known[] = {
        { 200, "App.NotFound" },       { 400, "InvalidParameter" }, { 403, "Forbidden.RAM" },
        { 404, "App.NotFound" },       { 429, "Throttling" },       { 500, "InternalError" },
        { 503, "ServiceUnavailable" },
    };
    const char *code = status >= 500 ? "ServiceUnavailable" : "Refused";
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].status == status) {
            send_refusal(r, known[i].code, status);
            return;
        }
    }
    if (status >= 300 && status < 400) {
        code = "Moved";
        ep_puts(&r->headers, "Location: https://localhost/moved\r\n");
    }
    ep_reply_refusal(r, status, code, ep_span(ep_reason(status)));
}

static void send_throttle(struct ep_reply *r, const struct ep_plan *plan)
{
    if (ep_planned(plan, EP_THROTTLE_MS)) {
        ep_putf(&r->headers, "x-acs-retry-after: %ld\r\n", (long)plan->arg[EP_THROTTLE_MS]);
    } else if (ep_planned(plan, EP_THROTTLE_DATE)) {
        ep_puts(&r->headers, "Retry-After: ");
        ep_date_http(r->clock_s + plan->arg[EP_THROTTLE_DATE], &r->headers);
        ep_puts(&r->headers, "\r\n");
    } else if (plan->arg[EP_THROTTLE] >= 0) {
        ep_putf(&r->headers, "Retry-After: %ld\r\n", (long)plan->arg[EP_THROTTLE]);
    }
    send_refusal(r, "Throttling.User", 429);
}

static void send_html(struct ep_reply *r, int status)
{
    r->status = status;
    r->code = "html";
    r->type = "text/html";
    r->body.len = 0;
    ep_puts(&r->body, "<!DOCTYPE html>\r\n<html>\r\n<head><title>");
    ep_putf(&r->body, "%d %s", status, ep_reason(status));
    ep_puts(&r->body, "</title></head>\r\n<body><h1>The proxy in between says no</h1></body>\r\n"
                      "</html>\r\n");
}

static void send_garbage(struct ep_reply *r, int in_body, struct ep_text *raw)
{
    static const char noise[] = "\x16\x00\xff\x80 this is not HTTP \x01\x02\r\n\r\n{\"result\":[]}";

    r->code = "garbage";
    if (!in_body) {
        r->status = 0;
        ep_put(raw, noise, sizeof(noise) - 1);
        return;
    }
    r->status = 200;
    r->type = EP_JSON_TYPE;
    r->body.len = 0;
    ep_puts(&r->body, "{\"status\":\"OK\",\"result\":[{\"progress\":01,}]}");
}

int ep_reply_instead(struct ep_reply *r, const struct ep_plan *plan, struct ep_text *raw)
{
    if (ep_planned(plan, EP_DROP) || ep_planned(plan, EP_STALL)) {
        r->status = 0;
        r->code = ep_planned(plan, EP_DROP) ? "drop" : "stall";
    } else if (ep_planned(plan, EP_EARLY)) {
        send_status(r, (int)plan->arg[EP_EARLY]);
    } else if (ep_planned(plan, EP_STATUS)) {
        send_status(r, (int)plan->arg[EP_STATUS]);
    } else if (ep_planned(plan, EP_REFUSE)) {
        send_refusal(r, plan->code, (int)plan->arg[EP_REFUSE]);
    } else if (ep_planned(plan, EP_THROTTLE) || ep_planned(plan, EP_THROTTLE_MS) ||
               ep_planned(plan, EP_THROTTLE_DATE)) {
        send_throttle(r, plan);
    } else if (ep_planned(plan, EP_GARBAGE)) {
        send_garbage(r, (int)plan->arg[EP_GARBAGE], raw);
    } else if (ep_planned(plan, EP_HTML)) {
        send_html(r, (int)plan->arg[EP_HTML]);
    } else {
        return 0;
    }
    return 1;
}
