/* SPDX-License-Identifier: Apache-2.0 */
/* Hiding credentials and signed texts. A message of the service can repeat the text that was
 * signed, with the AccessKey id and the STS token in it. Such a message is shown only up to the
 * place where the signed text begins. */
#include "redact.h"
#include <ctype.h>
#include <string.h>

#define SHOWN_MAX      1000 /* the most bytes of a text that are shown */
/* The most bytes of a text that are decoded. They are more than SHOWN_MAX, as a secret that begins
 * within SHOWN_MAX bytes may end behind them, and is longer when it is encoded. */
#define DECODED_MAX    2000
/* A text that has the first CREDENTIAL_MIN bytes of a credential is taken for a repetition of the
 * credential. */
#define CREDENTIAL_MIN 16
/* Two pieces of a text share so many bytes, so that a credential across their border is found. */
#define OVERLAP        500

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, tolower(c));
    return c != 0 && at != NULL ? (int)(at - digits) : -1;
}

/* A decoded text: in lower case, without percent-encoding and JSON escapes, also when it was
 * encoded more than once. A plus becomes a space, as servers that decode forms turn one into the
 * other. */
struct decoded {
    char text[DECODED_MAX];
    size_t from[DECODED_MAX]; /* the position in the original text of each character */
    size_t len;
};

static char decode_character(int c)
{
    return c == '+' ? ' ' : (char)tolower(c);
}

/* The two forms in which a text is searched. Both are searched, as decoding can destroy a match:
 * the text %CAI has CAI in it before it is decoded, and not afterwards. */
enum reading { AS_IT_IS, DECODED, READING_COUNT };

/* Return how many bytes at the end of a text are the encoding of one character, and the character
 * in *c; 0: the end is not encoded. */
static size_t get_spelling_length(const char *text, size_t len, char *c)
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

static void decode_text(struct decoded *decoded, const char *text, size_t len, enum reading reading)
{
    size_t i, spelling_len;

    decoded->len = 0;
    for (i = 0; i < len && i < DECODED_MAX; i++) {
        char c = decode_character((unsigned char)text[i]);

        decoded->from[decoded->len] = i;
        decoded->text[decoded->len++] = c;
        while (reading == DECODED &&
               (spelling_len = get_spelling_length(decoded->text, decoded->len, &c)) != 0) {
            decoded->len -= spelling_len - 1;
            decoded->text[decoded->len - 1] = c;
        }
    }
}

/* Return the offset of a text of n bytes in the original of the decoded text; len: it is not found
 * before len. Only the first `most` bytes of the text are compared, as the decoded text may have
 * been cut. */
static size_t find_text(const struct decoded *decoded, size_t len, const char *text, size_t n,
                        size_t most, enum reading reading)
{
    static struct decoded wanted;
    size_t i;

    decode_text(&wanted, text, n, reading);
    n = wanted.len < most ? wanted.len : most;
    for (i = 0; n > 0 && i + n <= decoded->len && decoded->from[i] < len; i++) {
        if (decoded->text[i] == wanted.text[0] && memcmp(decoded->text + i, wanted.text, n) == 0) {
            len = decoded->from[i];
        }
    }
    osft_wipe(wanted.text, wanted.len);
    return len;
}

/* Return the offset of a signature, or of another SHA-256 in hex; len: there is none before len. */
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

/* Return the offset of the first text that must not be shown; len: there is none before len. */
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

/* Return how many bytes of the text may be shown. */
static size_t get_shown_length(const struct osft_span *text, const struct osft_credentials *used)
{
    static struct decoded decoded;
    size_t len = text->len < SHOWN_MAX ? text->len : SHOWN_MAX;
    enum reading reading;

    for (reading = AS_IT_IS; reading < READING_COUNT; reading++) {
        decode_text(&decoded, text->ptr, text->len, reading);
        len = find_signed_text(&decoded, len, reading, used);
        osft_wipe(decoded.text, decoded.len);
    }
    return len;
}

/* Return the end of the last whole sentence within len bytes, or len when there is none. */
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

    /* The text is decoded in pieces. Each piece begins within the previous one. */
    for (at = 0; !is_found && end < text->len; at += DECODED_MAX - OVERLAP) {
        len = text->len - at < DECODED_MAX ? text->len - at : DECODED_MAX;
        end = at + len;
        decode_text(&decoded, text->ptr + at, len, reading);
        is_found =
            find_text(&decoded, len, secret->ptr, secret->len, CREDENTIAL_MIN, reading) < len ||
            find_text(&decoded, len, token->ptr, token->len, CREDENTIAL_MIN, reading) < len;
        osft_wipe(decoded.text, decoded.len);
    }
    return is_found;
}

/* Whether the text may have encoded characters. Most texts have none, and are not decoded. */
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
