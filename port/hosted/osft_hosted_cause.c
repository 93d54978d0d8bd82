/* SPDX-License-Identifier: Apache-2.0 */
/* Describes a port's own error number. This function is in a separate file, because a program may
 * use it without osft_hosted_error(). */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_hosted.h"

#include <netdb.h>
#include <string.h>

const char *osft_hosted_cause(const struct osft_tls *tls, int result, int32_t code)
{
    const char *words = tls != NULL ? osft_tls_cause(tls, result) : NULL;

    if (words != NULL) {
        return words;
    }
    if (result == OSFT_E_RESOLVE && (code < 0 || EAI_NONAME > 0)) {
        return gai_strerror((int)code);
    }
    return code > 0 ? strerror((int)code) : NULL; /* mbedTLS's numbers are negative, errno is not */
}
