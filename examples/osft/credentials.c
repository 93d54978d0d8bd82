/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials come from the environment only: arguments can be read by everyone on the machine. */
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "request.h"

struct osft_credentials cmd_credentials;

enum rule { NEEDED, NEEDED_SECRET, OPTIONAL };

static int refuse(const char *name, const char *what)
{
    out_str(&cmd_err, "osft: ");
    out_str(&cmd_err, name);
    out_str(&cmd_err, what);
    out_str(&cmd_err, "\n  what to do: export ");
    out_str(&cmd_err, name);
    out_str(&cmd_err, "=... with the value from your AccessKey, and nothing around it; best from a "
                      "file that only you can read\n");
    return EXIT_CREDENTIALS;
}

/* Most often a line end that was copied along; signing with it gives a refusal that is hard to read. */
static int is_clean(const char *s, size_t len, enum rule rule)
{
    size_t i;
    for (i = 0; i < len; i++) {
        int is_bad = (unsigned char)s[i] <= ' ' || s[i] == 0x7f;
        if (is_bad && (rule != NEEDED_SECRET || i == 0 || i == len - 1)) {
            return 0;
        }
    }
    return 1;
}

static int take(struct osft_span *slot, const char *name, enum rule rule)
{
    const char *value = getenv(name);
    size_t len = value != NULL ? strlen(value) : 0;

    if (len == 0 && rule == OPTIONAL) {
        return EXIT_DONE;
    }
    if (len == 0) {
        return refuse(name, " is not set");
    }
    if (!is_clean(value, len, rule)) {
        return refuse(name, " has white space or a control character in it");
    }
    slot->ptr = value;
    slot->len = len;
    return EXIT_DONE;
}

int credentials_read(void)
{
    int status = take(&cmd_credentials.id, "ALIBABA_CLOUD_ACCESS_KEY_ID", NEEDED);
    if (status == EXIT_DONE) {
        status = take(&cmd_credentials.secret, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", NEEDED_SECRET);
    }
    if (status == EXIT_DONE) {
        status = take(&cmd_credentials.token, "ALIBABA_CLOUD_SECURITY_TOKEN", OPTIONAL);
    }
    return status;
}

/* In the process's own copy of its environment; there is no other copy of ours. */
static void wipe(struct osft_span *slot, const char *name)
{
    char *value = getenv(name);
    if (value != NULL) {
        osft_wipe(value, strlen(value));
    }
    slot->ptr = NULL;
    slot->len = 0;
}

void credentials_wipe(void)
{
    wipe(&cmd_credentials.id, "ALIBABA_CLOUD_ACCESS_KEY_ID");
    wipe(&cmd_credentials.secret, "ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    wipe(&cmd_credentials.token, "ALIBABA_CLOUD_SECURITY_TOKEN");
}
