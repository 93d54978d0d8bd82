/* SPDX-License-Identifier: Apache-2.0 */
#include "service_client.h"

#include "osft_freertos.h"

#ifndef FIRMWARE_UTC
#error "FIRMWARE_UTC must be the time of this build, in seconds since 1970"
#endif

/* An attempt has 30 seconds, as two handshakes at the same time take several seconds on this
 * processor. */
static const struct osft_retry retry = OSFT_RETRY(4, 30000, 500, 20000);

int service_client_init(struct service_client *service)
{
    struct osft_settings *settings = &service->settings;
    int error = product_read_settings(&service->product);

    if (error != OSFT_OK) {
        return error;
    }
    osft_mbedtls_sha256_init(&service->sha256);
    osft_lwip_init(&service->lwip, osft_freertos_random);
    error = osft_tls_init(&service->tls, &service->lwip.port, osft_freertos_entropy, NULL);
    if (error == OSFT_OK) {
        error = product_load_roots(&service->tls);
    }
    service->tls.floor_s = FIRMWARE_UTC;
    settings->port = &service->tls.port;
    settings->sha256 = &service->sha256.hash;
    settings->credentials = &service->product.credentials;
    settings->host = service->product.host;
    settings->tcp_port = service->product.tcp_port;
    settings->work = service->work;
    settings->work_size = sizeof(service->work);
    settings->retry = &retry;
    osft_init(&service->client, settings);
    return error;
}
