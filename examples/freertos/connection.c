/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"

#include "osft_freertos.h"

#ifndef FIRMWARE_UTC
#error "FIRMWARE_UTC must be the time of this build, in seconds since 1970"
#endif

/* An attempt has 30 seconds, as two handshakes at a time take this processor several. */
static const struct osft_retry retry = OSFT_RETRY(4, 30000, 500, 20000);

int connection_init(struct connection *c)
{
    struct osft_settings *settings = &c->settings;
    int error = account_read(&c->account);

    if (error != OSFT_OK) {
        return error;
    }
    osft_mbedtls_sha256_init(&c->sha256);
    osft_lwip_init(&c->lwip, osft_freertos_random);
    error = osft_tls_init(&c->tls, &c->lwip.port, osft_freertos_entropy, NULL);
    if (error == OSFT_OK) {
        error = account_trust(&c->tls);
    }
    c->tls.floor_s = FIRMWARE_UTC;
    settings->port = &c->tls.port;
    settings->sha256 = &c->sha256.hash;
    settings->credentials = &c->account.credentials;
    settings->host = c->account.host;
    settings->tcp_port = c->account.tcp_port;
    settings->work = c->work;
    settings->work_size = sizeof(c->work);
    settings->retry = &retry;
    osft_init(&c->client, settings);
    return error;
}
