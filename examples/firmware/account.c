/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include "log.h"
#include "settings.h"

static int report_missing(const char *name)
{
    log_text("settings: missing or wrong: ");
    log_say(name);
    return OSFT_E_ARG;
}

static int load_roots(struct osft_tls *tls)
{
    struct osft_span root = settings_next_root(NULL);
    int error = OSFT_E_CERT; /* for settings without a root certificate */

    while (root.ptr != NULL) {
        error = osft_tls_ca_static(tls, root.ptr, root.len);
        if (error != OSFT_OK) {
            break;
        }
        root = settings_next_root(&root);
    }
    if (error != OSFT_OK) {
        (void)report_missing("root");
    }
    return error;
}

static int set_pin(struct osft_tls *tls)
{
    struct osft_span pin = settings_get("pin");
    uint8_t digest[32];

    if (pin.ptr == NULL) {
        return OSFT_OK;
    }
    if (settings_hex(pin, digest, sizeof(digest)) != 0) {
        return report_missing("pin");
    }
    return osft_tls_pin(tls, digest);
}

int account_load_roots_and_pin(struct osft_tls *tls)
{
    int error = load_roots(tls);

    return error == OSFT_OK ? set_pin(tls) : error;
}

int account_read(struct account *account)
{
    if (settings_copy(settings_get("host"), account->host, sizeof(account->host)) != 0) {
        return report_missing("host");
    }
    account->tcp_port = (uint16_t)settings_number(settings_get("port"), 0);
    account->credentials.id = settings_get("id");
    account->credentials.secret = settings_get("secret");
    account->credentials.token = settings_get("token");
    account->query.app_group = settings_get("app");
    account->query.function = settings_get("function");
    account->query.instance = settings_get("instance");
    return OSFT_OK;
}
