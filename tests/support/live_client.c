/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <string.h>

static const struct osft_span id = OSFT_LIT("testid"), secret = OSFT_LIT("testsecret");
static const struct osft_span app = OSFT_LIT("my_app"), function = OSFT_LIT("ctr"),
                              instance = OSFT_LIT("ctr_test");

int live_client(struct live_client *c, const char *ca_pem)
{
    int err = 0;

    osft_posix_init(&c->net);
    osft_mbedtls_sha256_init(&c->sha);
    c->has_tls = ca_pem != NULL;
    if (c->has_tls) {
        err = osft_tls_init(&c->tls, &c->net.port, NULL, NULL);
        if (!err)
            err = osft_tls_ca(&c->tls, ca_pem, strlen(ca_pem) + 1);
    }
    return err;
}

void live_client_at(struct live_client *c, const struct live *e)
{
    struct osft_settings *set = &c->settings;

    memset(set, 0, sizeof(*set));
    c->credentials.id = id;
    c->credentials.secret = secret;
    memset(&c->query, 0, sizeof(c->query));
    c->query.app_group = app;
    c->query.function = function;
    c->query.instance = instance;
    set->port = c->has_tls ? &c->tls.port : &c->net.port;
    set->sha256 = &c->sha.hash;
    set->credentials = &c->credentials;
    set->host = "127.0.0.1";
    set->tcp_port = e->tcp_port;
    set->plain_http = !c->has_tls;
    set->work = c->work;
    set->work_size = sizeof(c->work);
    set->backoff_ms = 1;
    set->backoff_max_ms = 10;
    osft_link_init(&c->link, set);
}

void live_client_free(struct live_client *c)
{
    if (c->link.set)
        osft_link_close(&c->link);
    if (c->has_tls)
        osft_tls_free(&c->tls);
}
