/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials come from the environment only: everyone on the machine can read a program's
 * arguments. */
#include <stdlib.h>
#include <string.h>
#include "command.h"

struct osft_credentials credentials;

enum rule { REQUIRED, REQUIRED_SECRET, OPTIONAL };

static int report_variable(const char *name, const char *what)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, name);
    put_text(&standard_error, what);
    put_text(&standard_error, "\n  what to do: export ");
    put_text(&standard_error, name);
    put_text(&standard_error,
             "=... with the value from your AccessKey, and nothing around it; best from "
             "a file that only you can read\n");
    return EXIT_CREDENTIALS;
}

/* What is not clean is most often a line end that was copied along. Signed with it, the request
 * would be refused for a reason that is hard to guess. */
static int is_clean(const char *value, size_t len, enum rule rule)
{
    size_t i;

    for (i = 0; i < len; i++) {
        int is_bad = (unsigned char)value[i] <= ' ' || value[i] == 0x7f;
        if (is_bad && (rule != REQUIRED_SECRET || i == 0 || i == len - 1)) {
            return 0;
        }
    }
    return 1;
}

static int read_variable(struct osft_span *credential, const char *name, enum rule rule)
{
    struct osft_span value = osft_span_from(getenv(name));

    if (value.len == 0 && rule == OPTIONAL) {
        return EXIT_DONE;
    }
    if (value.len == 0) {
        return report_variable(name, " is not set");
    }
    if (!is_clean(value.ptr, value.len, rule)) {
        return report_variable(name, " has white space or a control character in it");
    }
    *credential = value;
    return EXIT_DONE;
}

int read_credentials(void)
{
    int status = read_variable(&credentials.id, "ALIBABA_CLOUD_ACCESS_KEY_ID", REQUIRED);

    if (status == EXIT_DONE) {
        status =
            read_variable(&credentials.secret, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", REQUIRED_SECRET);
    }
    if (status == EXIT_DONE) {
        status = read_variable(&credentials.token, "ALIBABA_CLOUD_SECURITY_TOKEN", OPTIONAL);
    }
    return status;
}

/* The process's own copy of its environment is the only copy. */
static void wipe_variable(struct osft_span *credential, const char *name)
{
    char *value = getenv(name);

    if (value != NULL) {
        osft_wipe(value, strlen(value));
    }
    credential->ptr = NULL;
    credential->len = 0;
}

void wipe_credentials(void)
{
    wipe_variable(&credentials.id, "ALIBABA_CLOUD_ACCESS_KEY_ID");
    wipe_variable(&credentials.secret, "ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    wipe_variable(&credentials.token, "ALIBABA_CLOUD_SECURITY_TOKEN");
}
