/* SPDX-License-Identifier: Apache-2.0 */
/* The service's messages can repeat what was signed, with the AccessKey's id and the STS token in
 * it. They are shown up to where they do. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "command.h"

#define SHOWN_MAX   1000 /* bytes of a text that are shown */
#define DECODED_MAX 2000 /* more, as what begins within those may be longer for being encoded */
#define CREDENTIAL_MIN \
    16 /* so many bytes of a credential are not shown; nor a shorter credential */

/* Where needle first stands in the first len bytes of text, in upper or lower case; len when it
 * does not. */
static size_t find_text(const struct osft_span *text, size_t len, const char *needle)
{
    size_t n = strlen(needle), i;

    for (i = 0; i + n <= len; i++) {
        if (strncasecmp(text->ptr + i, needle, n) == 0) {
            return i;
        }
    }
    return len;
}

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, c | 0x20);
    return c != 0 && at != NULL ? (int)(at - digits) : -1;
}

/* A text in lower case without its percent-encoding, also where it was encoded more than once; and
 * where in the text each character comes from. */
struct decoded {
    char text[DECODED_MAX];
    size_t from[DECODED_MAX];
    size_t len;
};

static void decode_percents(struct decoded *decoded, const struct osft_span *text)
{
    size_t i;

    decoded->len = 0;
    for (i = 0; i < text->len && i < DECODED_MAX; i++) {
        char *end = decoded->text + decoded->len;
        decoded->from[decoded->len++] = i;
        *end = (char)tolower((unsigned char)text->ptr[i]);
        while (decoded->len >= 3 && end[-2] == '%' && hex_value(end[-1]) >= 0 &&
               hex_value(*end) >= 0) {
            end -= 2;
            decoded->len -= 2;
            *end = (char)tolower(hex_value(end[1]) * 16 + hex_value(end[2]));
        }
    }
}

/* Where a credential begins in text, as it is or encoded; len when it does not. Only its first
 * bytes are looked for, as the text may have been cut. */
static size_t find_credential(const struct osft_span *text, size_t len,
                              const struct osft_span *credential)
{
    static struct decoded decoded, wanted;
    size_t i, n;

    decode_percents(&decoded, text);
    decode_percents(&wanted, credential);
    n = wanted.len < CREDENTIAL_MIN ? wanted.len : CREDENTIAL_MIN;
    for (i = 0; n > 0 && i + n <= decoded.len && decoded.from[i] < len; i++) {
        if (memcmp(decoded.text + i, wanted.text, n) == 0) {
            len = decoded.from[i];
        }
    }
    osft_wipe(&wanted, sizeof(wanted));
    osft_wipe(&decoded, sizeof(decoded));
    return len;
}

/* How many bytes of the text may be shown. */
static size_t get_shown_length(const struct osft_span *text)
{
    static const char *const signed_texts[] = {
        "string to sign", "stringtosign", "string-to-sign", "canonical", "ACS3-HMAC-SHA256",
        "GET\n",          "GET&",         "x-acs-",         "Signature="
    };
    const struct osft_span *const secrets[] = { &credentials.id, &credentials.secret,
                                                &credentials.token };
    size_t len = text->len < SHOWN_MAX ? text->len : SHOWN_MAX, i;

    for (i = 0; i < sizeof(signed_texts) / sizeof(signed_texts[0]); i++) {
        len = find_text(text, len, signed_texts[i]);
    }
    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        len = find_credential(text, len, secrets[i]);
    }
    return len;
}

/* The end of the last whole sentence within len bytes; len when there is none. */
static size_t find_sentence_end(const struct osft_span *text, size_t len)
{
    size_t end = len;

    while (end > 0 && text->ptr[end - 1] != '.') {
        end--;
    }
    return end > 0 ? end : len;
}

void put_redacted_text(const struct osft_span *text)
{
    size_t len = text->ptr != NULL ? get_shown_length(text) : 0;

    if (text->ptr == NULL || text->len == 0) {
        put_text(&standard_error, "-");
    } else if (len == text->len) {
        put_safe_text(&standard_error, text->ptr, text->len, 0);
    } else {
        put_safe_text(&standard_error, text->ptr, find_sentence_end(text, len), 0);
        put_text(&standard_error,
                 " ... (the rest repeats what was signed, or is too long, and is not shown)");
    }
}
