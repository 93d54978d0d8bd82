/* SPDX-License-Identifier: Apache-2.0 */
/* The service's messages can repeat what was signed, with the AccessKey's id and the STS token in
 * it. They are shown up to where they do, whatever shows them. */
#include "redact.h"
#include <ctype.h>
#include <string.h>

#define SHOWN_MAX      1000 /* bytes of a text that are shown */
#define DECODED_MAX    2000 /* more, as what begins within those may be longer for being encoded */
#define CREDENTIAL_MIN 16   /* this many bytes of a credential are not shown; nor a shorter one */
#define OVERLAP        500  /* as many bytes of a credential, encoded, are found in two pieces */

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, tolower(c));
    return c != 0 && at != NULL ? (int)(at - digits) : -1;
}

/* A text in lower case without its percent-encoding and the escapes of JSON, also where it was
 * encoded more than once; and where in the text each character comes from. A plus is a space, as
 * servers that decode forms make the one of the other. */
struct decoded {
    char text[DECODED_MAX];
    size_t from[DECODED_MAX];
    size_t len;
};

static char decode_character(int c)
{
    return c == '+' ? ' ' : (char)tolower(c);
}

/* A text is looked through both as it is and decoded: of %CAI the one leaves all, the other not. */
enum reading { AS_IT_IS, DECODED, READINGS };

/* How many bytes at the end of a decoded text are the spelling of one character, which goes to *c;
 * 0: it stands for itself. */
static size_t find_spelling(const char *text, size_t len, char *c)
{
    const char *end = text + len;
    int high = len >= 3 ? hex_value((unsigned char)end[-2]) : -1;
    int low = high >= 0 ? hex_value((unsigned char)end[-1]) : -1;

    if (low >= 0 && end[-3] == '%') {
        *c = decode_character(high * 16 + low);
        return 3;
    }
    if (low >= 0 && len >= 6 && memcmp(end - 6, "\\u00", 4) == 0) {
        *c = decode_character(high * 16 + low);
        return 6;
    }
    if (len >= 2 && end[-2] == '\\' && strchr("/\"\\", end[-1]) != NULL) {
        *c = end[-1];
        return end[-1] != 0 ? 2 : 0;
    }
    return 0;
}

static void decode(struct decoded *decoded, const char *text, size_t len, enum reading reading)
{
    size_t i, spelling;

    decoded->len = 0;
    for (i = 0; i < len && i < DECODED_MAX; i++) {
        char c = decode_character((unsigned char)text[i]);

        decoded->from[decoded->len] = i;
        decoded->text[decoded->len++] = c;
        while (reading == DECODED &&
               (spelling = find_spelling(decoded->text, decoded->len, &c)) != 0) {
            decoded->len -= spelling - 1;
            decoded->text[decoded->len - 1] = c;
        }
    }
}

/* Where a text begins in a decoded one, in the spelling of that from which it was decoded; or else
 * len. Only its first `most` bytes are looked for, as the decoded text may have been cut. */
static size_t find_text(const struct decoded *decoded, size_t len, const char *text, size_t n,
                        size_t most, enum reading reading)
{
    static struct decoded wanted;
    size_t i;

    decode(&wanted, text, n, reading);
    n = wanted.len < most ? wanted.len : most;
    for (i = 0; n > 0 && i + n <= decoded->len && decoded->from[i] < len; i++) {
        if (decoded->text[i] == wanted.text[0] && memcmp(decoded->text + i, wanted.text, n) == 0) {
            len = decoded->from[i];
        }
    }
    osft_wipe(wanted.text, wanted.len);
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

/* Where something begins that may not be shown; or else len. */
static size_t find_signed_text(const struct decoded *decoded, size_t len, enum reading reading,
                               const struct osft_credentials *used)
{
    static const char *const signed_texts[] = {
        "string to sign", "stringtosign", "string-to-sign", "canonical", "ACS3-HMAC-SHA256",
        "GET\n",          "GET&",         "x-acs-",         "Signature="
    };
    const struct osft_span *const secrets[] = { &used->id, &used->secret, &used->token };
    size_t i;

    len = find_digest(decoded, len);
    for (i = 0; i < sizeof(signed_texts) / sizeof(signed_texts[0]); i++) {
        const char *text = signed_texts[i];
        len = find_text(decoded, len, text, strlen(text), DECODED_MAX, reading);
    }
    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        const struct osft_span *secret = secrets[i];
        len = find_text(decoded, len, secret->ptr, secret->len, CREDENTIAL_MIN, reading);
    }
    return len;
}

/* How many bytes of the text may be shown. */
static size_t get_shown_length(const struct osft_span *text, const struct osft_credentials *used)
{
    static struct decoded decoded;
    size_t len = text->len < SHOWN_MAX ? text->len : SHOWN_MAX;
    enum reading reading;

    for (reading = AS_IT_IS; reading < READINGS; reading++) {
        decode(&decoded, text->ptr, text->len, reading);
        len = find_signed_text(&decoded, len, reading, used);
        osft_wipe(decoded.text, decoded.len);
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

static int has_credential(const struct osft_span *text, enum reading reading,
                          const struct osft_credentials *used)
{
    const struct osft_span *secret = &used->secret, *token = &used->token;
    static struct decoded decoded;
    size_t at, len, end = 0;
    int is_found = 0;

    /* Each piece of the text is decoded by itself, and begins within the one before. */
    for (at = 0; !is_found && end < text->len; at += DECODED_MAX - OVERLAP) {
        len = text->len - at < DECODED_MAX ? text->len - at : DECODED_MAX;
        end = at + len;
        decode(&decoded, text->ptr + at, len, reading);
        is_found =
            find_text(&decoded, len, secret->ptr, secret->len, CREDENTIAL_MIN, reading) < len ||
            find_text(&decoded, len, token->ptr, token->len, CREDENTIAL_MIN, reading) < len;
        osft_wipe(decoded.text, decoded.len);
    }
    return is_found;
}

/* Most texts have nothing to decode. */
static int may_be_encoded(const struct osft_span *text)
{
    return memchr(text->ptr, '%', text->len) != NULL || memchr(text->ptr, '\\', text->len) != NULL;
}

static void hide_credential(struct osft_span *text, const struct osft_credentials *used)
{
    static const struct osft_span note = OSFT_LIT("(not shown: it repeats a credential)");

    if (text->ptr != NULL && (has_credential(text, AS_IT_IS, used) ||
                              (may_be_encoded(text) && has_credential(text, DECODED, used)))) {
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
