/* SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "sign.h"

int ep_refuse(struct ep_refusal *why, int status, const char *code, const char *message)
{
    why->status = status;
    why->code = code;
    why->message.len = 0;
    ep_puts(&why->message, message);
    return -1;
}

static struct osft_span value_of(const struct ep_request *r, const char *name)
{
    const struct ep_header *h = ep_header(r, name);
    struct osft_span none = { "", 0 };

    return h ? h->value : none;
}

static int check_names(const struct ep_request *r, struct osft_span names, struct ep_refusal *why)
{
    static const char *const needed[] = { "x-acs-action", "x-acs-version", "x-acs-content-sha256",
                                          "x-acs-date", "x-acs-signature-nonce" };
    struct osft_span which;
    size_t i;

    for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (value_of(r, needed[i]).len > 0)
            continue;
        ep_refuse(why, 400, "IncompleteSignature", "The request lacks the header ");
        ep_puts(&why->message, needed[i]);
        return -1;
    }
    if (!ep_signed_names(r, names, &which))
        return 0;
    ep_refuse(
        why, 400, "IncompleteSignature",
        "SignedHeaders has to name every x-acs- header, host and content-type, in lower case, "
        "sorted, and each has to be sent once; the first at fault is: ");
    ep_put_span(&why->message, which);
    return -1;
}

static int check_key(const struct ep_gate *g, const struct ep_request *r, struct osft_span id,
                     struct ep_refusal *why)
{
    const struct ep_header *again = ep_header(r, "x-acs-accesskey-id");

    if (!ep_same(id, g->id) || (again && !ep_same(again->value, g->id)))
        return ep_refuse(why, 404, "InvalidAccessKeyId.NotFound",
                         "Specified access key is not found.");
    return 0;
}

static int check_date(const struct ep_request *r, int64_t clock_s, struct ep_refusal *why)
{
    struct osft_span date = value_of(r, "x-acs-date");
    int64_t sent_s;

    if (ep_date_parse(date, &sent_s))
        return ep_refuse(why, 400, "InvalidTimeStamp.Format",
                         "Specified time stamp or date value is not well formatted.");
    if (sent_s - clock_s <= EP_WINDOW_S && clock_s - sent_s <= EP_WINDOW_S)
        return 0;
    ep_refuse(why, 400, "InvalidTimeStamp.Expired",
              "Specified time stamp or date value is expired. User time: ");
    ep_put_span(&why->message, date);
    ep_puts(&why->message, ", server time: ");
    ep_date_iso(clock_s, &why->message);
    return -1;
}

/* Whether the signatures are equal. The time of the comparison does not depend on the first
 * difference. */
static int is_same_signature(struct osft_span sent, const struct ep_text *right)
{
    unsigned char differ = 0;
    size_t i;

    if (sent.len != right->len)
        return 0;
    for (i = 0; i < sent.len; i++)
        differ |= (unsigned char)(sent.ptr[i] ^ right->mem[i]);
    return differ == 0;
}

struct calculation {
    struct ep_text canonical, string, signature;
};

static int compare_signature(const struct ep_gate *g, const struct ep_request *r,
                             const struct ep_authorization *a, const char *bare,
                             struct calculation *p)
{
    p->canonical.len = p->string.len = p->signature.len = 0;
    if (ep_canonical_request(r, a->names, bare, &p->canonical))
        return -1;
    ep_string_to_sign(ep_span_of(&p->canonical), &p->string);
    ep_signature(ep_span_of(&p->string), g->secret, &p->signature);
    return is_same_signature(a->signature, &p->signature) ? 0 : -1;
}

static int check_body(const struct ep_request *r, struct ep_refusal *why)
{
    struct ep_text hex = { NULL, 0, 0 };
    unsigned char digest[32];
    int same;

    ep_sha256(r->body, digest);
    ep_put_hex(&hex, digest, sizeof(digest));
    same = ep_same(value_of(r, "x-acs-content-sha256"), hex.mem);
    ep_free(&hex);
    return same ? 0
                : ep_refuse(why, 400, "SignatureDoesNotMatch",
                            "x-acs-content-sha256 is not the hash of the body that came.");
}

static void free_calculation(struct calculation *p)
{
    ep_free(&p->canonical);
    ep_free(&p->string);
    ep_free(&p->signature);
}

static void put_calculation(const struct calculation *p, struct ep_text *out)
{
    ep_puts(out,
            "Specified signature is not matched with our calculation. server string to sign is:[");
    ep_put_span(out, ep_span_of(&p->string));
    ep_puts(out, "] server canonical request is:[");
    ep_put_span(out, ep_span_of(&p->canonical));
    ep_puts(out, "]");
}

static int check_signature(const struct ep_gate *g, const struct ep_request *r,
                           const struct ep_authorization *a, struct ep_refusal *why)
{
    struct calculation p;
    int err;

    memset(&p, 0, sizeof(p));
    /* The vendor's SDK signs the characters ( ) ! ' of a name without encoding, so this form is
     * accepted, too. The strict form is tried last, as the response shows the string to sign of the
     * last attempt. */
    err = compare_signature(g, r, a, "()!'", &p) && compare_signature(g, r, a, "", &p);
    if (err) {
        ep_refuse(why, 400, "SignatureDoesNotMatch", "");
        put_calculation(&p, &why->message);
    }
    free_calculation(&p);
    return err ? -1 : check_body(r, why);
}

void ep_gate_echo(const struct ep_gate *g, const struct ep_request *r, struct ep_text *out)
{
    struct ep_authorization a;
    struct osft_span which;
    struct calculation p;

    memset(&p, 0, sizeof(p));
    if (ep_authorization(value_of(r, "authorization"), &a) || ep_signed_names(r, a.names, &which))
        return;
    compare_signature(g, r, &a, "", &p);
    if (p.string.len)
        put_calculation(&p, out);
    free_calculation(&p);
}

static int check_token(struct ep_gate *g, const struct ep_request *r, struct ep_refusal *why)
{
    const struct ep_header *token = ep_header(r, "x-acs-security-token");
    int expired;

    if (token && token->value.len == 0)
        return ep_refuse(why, 400, "InvalidSecurityToken.Malformed",
                         "Specified SecurityToken is malformed.");
    if (!g->token)
        return 0;
    expired = g->token_uses > 0 && g->token_used >= g->token_uses;
    if (token && ep_same(token->value, g->token)) {
        if (expired)
            return ep_refuse(why, 400, "InvalidSecurityToken.Expired",
                             "Specified SecurityToken is expired.");
        g->token_used++;
        return 0;
    }
    if (token && expired && g->next_token && ep_same(token->value, g->next_token))
        return 0;
    return ep_refuse(why, 400, "InvalidSecurityToken.MismatchWithAccessKey",
                     "Specified SecurityToken mismatch with the AccessKey.");
}

int ep_gate_check(struct ep_gate *g, const struct ep_request *r, int64_t clock_s, int64_t now_s,
                  struct ep_refusal *why)
{
    struct ep_authorization a;

    if (ep_authorization(value_of(r, "authorization"), &a))
        return ep_refuse(why, 400, "IncompleteSignature",
                         "The Authorization header is missing, or is not: ACS3-HMAC-SHA256 "
                         "Credential=<id>,SignedHeaders=<a;b>,Signature=<64 hex digits>");
    if (check_names(r, a.names, why) || check_key(g, r, a.id, why) || check_date(r, clock_s, why) ||
        check_signature(g, r, &a, why) || check_token(g, r, why))
        return -1;
    /* The nonce is checked last, so that a refused request does not use up its nonce. */
    if (ep_nonce_use(&g->nonces, value_of(r, "x-acs-signature-nonce"), now_s))
        return ep_refuse(why, 400, "SignatureNonceUsed",
                         "Specified signature nonce was used already.");
    return 0;
}
