/* SPDX-License-Identifier: Apache-2.0 */
#include "metadata.h"

#include "date.h"
#include "json.h"
#include "sign.h"

#define ROLE_PATH       "/latest/meta-data/ram/security-credentials/"
#define TOKEN_TTL_MAX_S 21600
#define KEY_TTL_S       21600 /* the announced validity of a key, which is accepted longer */

/* Make the only metadata token of this run. The token need not be secret. */
static void make_token(const struct ep_service *s, struct ep_text *token)
{
    struct osft_span seed = { (const char *)s->seed, sizeof(s->seed) };
    unsigned char digest[32];

    ep_sha256(seed, digest);
    ep_put_hex(token, digest, 16);
}

int ep_is_metadata(const struct ep_service *s, const struct ep_request *r)
{
    struct osft_span role = r->path;

    return s->ram_role && (ep_same(r->path, EP_TOKEN_PATH) || ep_take(&role, ROLE_PATH) == 0);
}

static void set_good_reply(struct ep_reply *reply, const char *type)
{
    reply->status = 200;
    reply->code = "OK";
    reply->type = type;
}

static int give_token(const struct ep_service *s, const struct ep_request *r,
                      struct ep_reply *reply, struct ep_refusal *why)
{
    const struct ep_header *ttl = ep_header(r, "x-aliyun-ecs-metadata-token-ttl-seconds");
    int64_t ttl_s;

    if (!ep_same(r->method, "PUT"))
        return ep_refuse(why, 405, "MethodNotAllowed", "A token is asked for with PUT.");
    if (!ttl || ep_int64(ttl->value, &ttl_s) || ttl_s < 1 || ttl_s > TOKEN_TTL_MAX_S)
        return ep_refuse(why, 400, "BadRequest",
                         "X-aliyun-ecs-metadata-token-ttl-seconds has to be 1 to 21600.");
    make_token(s, &reply->body);
    set_good_reply(reply, "text/plain");
    return 0;
}

static int check_token(const struct ep_service *s, const struct ep_request *r,
                       struct ep_refusal *why)
{
    const struct ep_header *token = ep_header(r, "x-aliyun-ecs-metadata-token");
    struct ep_text right = { NULL, 0, 0 };
    int is_right;

    make_token(s, &right);
    is_right = token && ep_same(token->value, right.mem);
    ep_free(&right);
    return is_right ? 0
                    : ep_refuse(why, 403, "Forbidden",
                                "X-aliyun-ecs-metadata-token is missing, or is not the token.");
}

/* Return the STS token that the gate accepts now. */
static const char *current_token(const struct ep_gate *gate)
{
    int expired = gate->token_uses > 0 && gate->token_used >= gate->token_uses;

    if (expired && gate->next_token)
        return gate->next_token;
    return gate->token ? gate->token : "token-of-the-role";
}

static void give_key(const struct ep_service *s, int64_t clock_s, struct ep_reply *reply)
{
    struct ep_text *body = &reply->body;

    ep_puts(body, "{\n  \"AccessKeyId\" : ");
    ep_json_quote(ep_span(s->gate.id), body);
    ep_puts(body, ",\n  \"AccessKeySecret\" : ");
    ep_json_quote(ep_span(s->gate.secret), body);
    ep_puts(body, ",\n  \"Expiration\" : \"");
    ep_date_iso(clock_s + KEY_TTL_S, body);
    ep_puts(body, "\",\n  \"SecurityToken\" : ");
    ep_json_quote(ep_span(current_token(&s->gate)), body);
    ep_puts(body, ",\n  \"LastUpdated\" : \"");
    ep_date_iso(clock_s, body);
    ep_puts(body, "\",\n  \"Code\" : \"Success\"\n}");
    set_good_reply(reply, EP_JSON_TYPE);
}

int ep_metadata_serve(const struct ep_service *s, const struct ep_request *r, int64_t clock_s,
                      struct ep_reply *reply, struct ep_refusal *why)
{
    struct osft_span role = r->path;

    if (ep_same(r->path, EP_TOKEN_PATH))
        return give_token(s, r, reply, why);
    if (!ep_same(r->method, "GET"))
        return ep_refuse(why, 405, "MethodNotAllowed", "Metadata is asked for with GET.");
    if (check_token(s, r, why))
        return -1;
    (void)ep_take(&role, ROLE_PATH);
    if (role.len == 0) {
        ep_puts(&reply->body, s->ram_role);
        set_good_reply(reply, "text/plain");
        return 0;
    }
    if (!ep_same(role, s->ram_role))
        return ep_refuse(why, 404, "NotFound", "The machine has no such role.");
    give_key(s, clock_s, reply);
    return 0;
}
