/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the endpoint's service without sockets: a signed request goes in, the bytes of the response
 * come out. */
#ifndef ENDPOINT_BENCH_H
#define ENDPOINT_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../examples/osft-endpoint/date.h"
#include "../../examples/osft-endpoint/service.h"
#include "../../examples/osft-endpoint/sign.h"

#define NOW_MS INT64_C(1709251199000) /* 2024-02-29T23:59:59Z */
#define BASE   "/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks"
#define EMPTY  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* The parts of a request. A part that is NULL has its usual value, so an empty struct is a valid
 * request for the whole list. */
struct call {
    const char *method, *target, *date, *nonce, *id, *secret, *action, *version, *token, *hash;
    const char *more;  /* further header lines */
    const char *names; /* SignedHeaders */
    const char *authorization;
};

struct bench {
    struct ep_service service;
    struct ep_exchange x;
    struct ep_text wire;
    int served; /* requests so far; each nonce contains this number */
    int64_t now_ms;
};

static inline struct bench *bench_new(const char *tasks)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct ep_text why = { NULL, 0, 0 };

    assert_non_null(b);
    b->now_ms = NOW_MS;
    b->service.gate.id = "testid";
    b->service.gate.secret = "testsecret";
    assert_int_equal(ep_store_load(&b->service.store, ep_span(tasks), &why), 0);
    return b;
}

static inline void bench_free(struct bench *b)
{
    ep_store_free(&b->service.store);
    ep_nonces_free(&b->service.gate.nonces);
    ep_free(&b->x.out);
    ep_free(&b->wire);
    free(b);
}

static inline void put_header(struct ep_text *out, const char *name, const char *value)
{
    if (!*value)
        return;
    ep_puts(out, name);
    ep_puts(out, ": ");
    ep_puts(out, value);
    ep_puts(out, "\r\n");
}

#define OR(given, usual) ((given) ? (given) : (usual))

static inline void write_unsigned(struct bench *b, const struct call *c)
{
    char nonce[32];

    snprintf(nonce, sizeof(nonce), "nonce-%d", ++b->served);
    b->wire.len = 0;
    ep_putf(&b->wire, "%s ", OR(c->method, "GET"));
    ep_puts(&b->wire, OR(c->target, BASE));
    ep_puts(&b->wire, " HTTP/1.1\r\nHost: h:1\r\n");
    put_header(&b->wire, "X-Acs-Action", OR(c->action, "ListFunctionTasks"));
    put_header(&b->wire, "x-acs-version", OR(c->version, "2017-12-25"));
    put_header(&b->wire, "x-acs-date", OR(c->date, "2024-02-29T23:59:59Z"));
    put_header(&b->wire, "x-acs-content-sha256", OR(c->hash, EMPTY));
    put_header(&b->wire, "x-acs-signature-nonce", OR(c->nonce, nonce));
    put_header(&b->wire, "x-acs-security-token", OR(c->token, ""));
    ep_puts(&b->wire, OR(c->more, ""));
}

static inline void sign(struct bench *b, const struct call *c)
{
    const char *names =
        OR(c->names, c->token ? "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                                "x-acs-security-token;x-acs-signature-nonce;x-acs-version"
                              : "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                                "x-acs-signature-nonce;x-acs-version");
    struct ep_text canonical = { NULL, 0, 0 }, string = { NULL, 0, 0 };
    struct ep_request r;
    size_t head = b->wire.len;

    ep_puts(&b->wire, "\r\n");
    assert_true(ep_parse(ep_span_of(&b->wire), &r) > 0);
    ep_canonical_request(&r, ep_span(names), "", &canonical);
    ep_string_to_sign(ep_span_of(&canonical), &string);
    b->wire.len = head;
    ep_putf(&b->wire,
            "Authorization: ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=", OR(c->id, "testid"));
    ep_puts(&b->wire, names);
    ep_puts(&b->wire, ",Signature=");
    ep_signature(ep_span_of(&string), OR(c->secret, "testsecret"), &b->wire);
    ep_puts(&b->wire, "\r\n\r\n");
    ep_free(&canonical);
    ep_free(&string);
}

/* Sign the request, let the service answer it, and return the response, ended by a NUL. It is valid
 * until the next call. */
static inline const char *ask(struct bench *b, const struct call *c)
{
    struct ep_request r;

    write_unsigned(b, c);
    if (c->authorization) {
        put_header(&b->wire, "Authorization", c->authorization);
        ep_puts(&b->wire, "\r\n");
    } else {
        sign(b, c);
    }
    assert_true(ep_parse(ep_span_of(&b->wire), &r) > 0);
    ep_service_answer(&b->service, &r, b->now_ms, "plain", &b->x);
    ep_puts(&b->x.out, "");
    return b->x.out.mem;
}

static inline void expect(const char *answer, const char *status, const char *code)
{
    struct ep_text line = { NULL, 0, 0 };

    ep_putf(&line, "HTTP/1.1 %s", status);
    if (strncmp(answer, line.mem, line.len) != 0)
        fail_msg("wanted %s, got %s", status, answer);
    line.len = 0;
    ep_putf(&line, "\"Code\":\"%s\"", code);
    if (!strstr(answer, line.mem))
        fail_msg("wanted %s, got %s", line.mem, answer);
    ep_free(&line);
}

#endif
