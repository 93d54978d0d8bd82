/* SPDX-License-Identifier: Apache-2.0 */
/* The service's messages can repeat what was signed, with the AccessKey's id and the STS token in
 * it. They are shown up to where they do, whatever shows them. */
#include "redact.h"
#include <ctype.h>
#include <string.h>

#define SHOWN_MAX      1000 /* bytes of a text that are shown */
#define DECODED_MAX    2000 /* more, as what begins within those may be longer for being encoded */
#define CREDENTIAL_MIN 16   /* this many bytes of a credential are not shown; nor a shorter one */

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, tolower(c));
    return c != 0 && at != NULL ? (int)(at - digits) : -1;
}

/* A text in lower case without its percent-encoding, also where it was encoded more than once; and
 * where in the text each character comes from. A plus is a space, as servers that decode forms make
 * the one of the other. */
struct decoded {
    char text[DECODED_MAX];
    size_t from[DECODED_MAX];
    size_t len;
};

static char decode_character(int c)
{
    return c == '+' ? ' ' : (char)tolower(c);
}

static void decode(struct decoded *decoded, const char *text, size_t len)
{
    size_t i;

    decoded->len = 0;
    for (i = 0; i < len && i < DECODED_MAX; i++) {
        char *end = decoded->text + decoded->len;
        decoded->from[decoded->len++] = i;
        *end = decode_character((unsigned char)text[i]);
        while (decoded->len >= 3 && end[-2] == '%' && hex_value(end[-1]) >= 0 &&
               hex_value(*end) >= 0) {
            end -= 2;
            decoded->len -= 2;
            *end = decode_character(hex_value(end[1]) * 16 + hex_value(end[2]));
        }
    }
}

/* Where a text begins in a decoded one, in the spelling of that from which it was decoded; or else
 * len. Only its first `most` bytes are looked for, as the decoded text may have been cut. */
static size_t find_text(const struct decoded *decoded, size_t len, const char *text, size_t n,
                        size_t most)
{
    static struct decoded wanted;
    size_t i;

    decode(&wanted, text, n);
    n = wanted.len < most ? wanted.len : most;
    for (i = 0; n > 0 && i + n <= decoded->len && decoded->from[i] < len; i++) {
        if (memcmp(decoded->text + i, wanted.text, n) == 0) {
            len = decoded->from[i];
        }
    }
    osft_wipe(&wanted, sizeof(wanted));
    return len;
}

/* Where a signature, or another SHA-256 in hex, begins; or else len. */
static size_t find_digest(const struct decoded *decoded, size_t len)
{
    size_t digits = 0, i;

    for (i = 0; i < decoded->len; i++) {
        digits = hex_value((unsigned char)decoded->text[i]) >= 0 ? digits + 1 : 0;
        if (digits == 64) {
            size_t begin = decoded->from[i + 1 - digits];
            return begin < len ? begin : len;
        }
    }
    return len;
}

/* How many bytes of the text may be shown. */
static size_t get_shown_length(const struct osft_span *text, const struct osft_credentials *used)
{
    static const char *const signed_texts[] = {
        "string to sign", "stringtosign", "string-to-sign", "canonical", "ACS3-HMAC-SHA256",
        "GET\n",          "GET&",         "x-acs-",         "Signature="
    };
    const struct osft_span *const secrets[] = { &used->id, &used->secret, &used->token };
    static struct decoded decoded;
    size_t len = text->len < SHOWN_MAX ? text->len : SHOWN_MAX, i;

    decode(&decoded, text->ptr, text->len);
    len = find_digest(&decoded, len);
    for (i = 0; i < sizeof(signed_texts) / sizeof(signed_texts[0]); i++) {
        const char *signed_text = signed_texts[i];
        len = find_text(&decoded, len, signed_text, strlen(signed_text), DECODED_MAX);
    }
    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        len = find_text(&decoded, len, secrets[i]->ptr, secrets[i]->len, CREDENTIAL_MIN);
    }
    osft_wipe(&decoded, sizeof(decoded));
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

void put_shown_text(struct output *out, enum sink sink, const struct osft_span *text,
                    const struct osft_credentials *used)
{
    static const char note[] =
        " ... (the rest repeats what was signed, or is too long, and is not shown)";
    size_t len = get_shown_length(text, used);

    if (len == text->len) {
        put_escaped(out, sink, text->ptr, len);
    } else {
        put_escaped(out, sink, text->ptr, find_sentence_end(text, len));
        put_escaped(out, sink, note, strlen(note));
    }
}

/* ---- tasks ---- */

static int has_credential(const struct osft_span *text, const struct osft_span *credential)
{
    size_t n = credential->len < CREDENTIAL_MIN ? credential->len : CREDENTIAL_MIN, at = 0;

    while (n > 0 && text->len >= n && at <= text->len - n) {
        const char *found = memchr(text->ptr + at, credential->ptr[0], text->len - n - at + 1);

        if (found == NULL) {
            return 0;
        }
        if (memcmp(found, credential->ptr, n) == 0) {
            return 1;
        }
        at = (size_t)(found - text->ptr) + 1;
    }
    return 0;
}

static void hide_credential(struct osft_span *text, const struct osft_credentials *used)
{
    static const struct osft_span note = OSFT_LIT("(not shown: it repeats a credential)");

    if (text->ptr != NULL &&
        (has_credential(text, &used->secret) || has_credential(text, &used->token))) {
        *text = note;
    }
}

void hide_used_credentials(struct osft_task *task, const struct osft_credentials *used)
{
    hide_credential(&task->function, used);
    hide_credential(&task->status, used);
    hide_credential(&task->run_id, used);
    hide_credential(&task->generation, used);
    hide_credential(&task->extend_info, used);
}
