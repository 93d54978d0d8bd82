/* SPDX-License-Identifier: Apache-2.0 */
/* Builds a request from a template that is filled in with values. Most of the template is both sent
 * and signed: it is written into the buffer and into the hash of the canonical request at the same
 * time, so that the two cannot differ, and the canonical request is never stored.
 *
 *     sent                                        signed (the canonical request)
 *     GET /v4/openapi/app-groups/my-app/          GET
 *       functions/ctr/instances/ctr_test/         /v4/openapi/app-groups/my-app/functions/ctr/
 *       tasks?pageSize=20 HTTP/1.1                  instances/ctr_test/tasks
 *     host: example.com                           pageSize=20
 *     x-acs-action: ListFunctionTasks             host:example.com
 *     x-acs-content-sha256: e3b0...               x-acs-action:ListFunctionTasks
 *     x-acs-date: 2026-01-01T00:00:00Z            x-acs-content-sha256:e3b0...
 *     x-acs-signature-nonce: 0123...              x-acs-date:2026-01-01T00:00:00Z
 *     x-acs-version: 2017-12-25                   x-acs-signature-nonce:0123...
 *     user-agent: osft/0.2.0                      x-acs-version:2017-12-25
 *     accept: application/json                    (an empty line)
 *     authorization: ACS3-HMAC-SHA256
 *                    host;x-acs-action;x-acs-content-sha256;x-acs-date;
 *       Credential=...,SignedHeaders=...,           x-acs-signature-nonce;x-acs-version
 *       Signature=...                             e3b0... (SHA-256 of the empty body)
 */
#include <string.h>
#include "request.h"
#include "text.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* The destinations of a piece of the template. */
enum {
    SENT = 1,
    SIGNED = 2,
    BOTH = SENT | SIGNED,
    PARAMETER, /* sent and signed, as a parameter of the query string */
    HEADER     /* sent as the line "name: value" with CR LF, and signed as "name:value" with LF */
};

/* The values that the template is filled in with. Those up to STATUS are percent-encoded. */
enum {
    APP_GROUP = OSFT_ARG_APP_GROUP,
    FUNCTION = OSFT_ARG_FUNCTION,
    INSTANCE = OSFT_ARG_INSTANCE,
    GENERATION = OSFT_ARG_GENERATION,
    STATUS = OSFT_ARG_STATUS,
    ID = OSFT_ARG_ID,
    TOKEN = OSFT_ARG_TOKEN,
    HOST = OSFT_ARG_HOST,
    END_TIME = OSFT_ARG_END_TIME,
    START_TIME = OSFT_ARG_START_TIME,
    NOTHING = OSFT_ARGS,
    ID_OF_TOKEN, /* the AccessKey id; given only with a token */
    PAGE_NUMBER,
    PAGE_SIZE,
    END_OF_ZONE, /* empty; given only when an IPv6 zone is left out */
    PORT,        /* given only when it is not the default port */
    ACTION,
    BODY_HASH,
    ACS_DATE,
    NONCE,
    SIGNED_NAMES /* the names of the signed headers */
};

/* The template: pieces of text, each with the value that follows it. A piece whose value is not
 * given is left out. Parameters and headers are sorted by name, as the signature requires. */
#define TEMPLATE(PIECE)                                                                           \
    PIECE(BOTH, "GET", NOTHING)                                                                   \
    PIECE(SENT, " ", NOTHING)                                                                     \
    PIECE(SIGNED, "\n", NOTHING)                                                                  \
    PIECE(BOTH, "/v4/openapi/app-groups/", APP_GROUP)                                             \
    PIECE(BOTH, "/functions/", FUNCTION)                                                          \
    PIECE(BOTH, "/instances/", INSTANCE)                                                          \
    PIECE(BOTH, "/tasks", NOTHING)                                                                \
    PIECE(BOTH, "/", GENERATION)                                                                  \
    PIECE(SIGNED, "\n", NOTHING)                                                                  \
    PIECE(PARAMETER, "endTime=", END_TIME)                                                        \
    PIECE(PARAMETER, "pageNumber=", PAGE_NUMBER)                                                  \
    PIECE(PARAMETER, "pageSize=", PAGE_SIZE)                                                      \
    PIECE(PARAMETER, "startTime=", START_TIME)                                                    \
    PIECE(PARAMETER, "status=", STATUS)                                                           \
    PIECE(SENT, " HTTP/1.1", NOTHING)                                                             \
    PIECE(HEADER, "host", HOST)                                                                   \
    PIECE(BOTH, "]", END_OF_ZONE)                                                                 \
    PIECE(BOTH, ":", PORT)                                                                        \
    PIECE(HEADER, "x-acs-accesskey-id", ID_OF_TOKEN)                                              \
    PIECE(HEADER, "x-acs-action", ACTION)                                                         \
    PIECE(HEADER, "x-acs-content-sha256", BODY_HASH)                                              \
    PIECE(HEADER, "x-acs-date", ACS_DATE)                                                         \
    PIECE(HEADER, "x-acs-security-token", TOKEN)                                                  \
    PIECE(HEADER, "x-acs-signature-nonce", NONCE)                                                 \
    PIECE(HEADER, "x-acs-version", NOTHING)                                                       \
    PIECE(BOTH, "2017-12-25", NOTHING)                                                            \
    PIECE(SIGNED, "\n\n", NOTHING)                                                                \
    PIECE(SENT,                                                                                   \
          "\r\nuser-agent: osft/" OSFT_VERSION "\r\naccept: application/json"                     \
          "\r\nauthorization: " OSFT_ALGORITHM " Credential=",                                    \
          ID)                                                                                     \
    PIECE(SENT, ",SignedHeaders=", NOTHING)                                                       \
    PIECE(BOTH, "", SIGNED_NAMES)                                                                 \
    PIECE(SIGNED, "\n", BODY_HASH)                                                                \
    PIECE(SENT, ",Signature=", BODY_HASH) /* the signature, which has the same length, overwrites \
                                           * it */                                                \
    PIECE(SENT, END, NOTHING)
#define END "\r\n\r\n"

#define TEXT_OF(kind, text, value)  text
#define PIECE_OF(kind, text, value) { kind, value, sizeof(text) - 1 },
static const char texts[] = TEMPLATE(TEXT_OF); /* the texts of all pieces, one behind the other */
static const struct piece {
    uint8_t kind, value, text_length;
} pieces[] = { TEMPLATE(PIECE_OF) };
#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

/* Write a text into the buffer, the hash, or both. where: SENT, SIGNED or BOTH */
static void put_bytes(struct osft_request *r, unsigned where, const char *text, size_t len)
{
    if (where & SENT) {
        if (r->len + len <= r->size) {
            memcpy(r->buffer + r->len, text, len);
        }
        r->len += len;
    }
    if (where & SIGNED) {
        const struct osft_sha256 *sha256 = r->settings->sha256;
        r->hash_result |= sha256->update(sha256->ctx, text, len);
    }
}

static void put_byte(struct osft_request *r, unsigned where, char b)
{
    put_bytes(r, where, &b, 1);
}

static int is_unreserved(uint8_t b)
{
    uint8_t letter = b | 0x20; /* in lower case, if b is a letter */
    return (b >= '0' && b <= '9') || (letter >= 'a' && letter <= 'z') || b == '-' || b == '.' ||
           b == '_' || b == '~';
}

static void put_hex_digit(struct osft_request *r, unsigned digit)
{
    put_byte(r, BOTH, (char)(digit + (digit < 10 ? '0' : 'A' - 10)));
}

static void put_encoded(struct osft_request *r, const struct osft_span *text)
{
    size_t i;

    for (i = 0; i < text->len; i++) {
        uint8_t b = (uint8_t)text->ptr[i];
        if (is_unreserved(b)) {
            put_byte(r, BOTH, (char)b);
        } else {
            put_byte(r, BOTH, '%');
            put_hex_digit(r, b >> 4);
            put_hex_digit(r, b & 15);
        }
    }
}

/* Write the digits of a number. Returns NULL for 0, which is left out; and no digits for a negative
 * number, which can_be_sent() refuses. */
static const struct osft_span *write_number(struct osft_request *r, int64_t number)
{
    char *end = r->digits + sizeof(r->digits), *begin = end;

    if (number == 0) {
        return NULL;
    }
    if (number > 0) {
        begin = osft_write_number(end, (uint64_t)number);
    }
    r->text.ptr = begin;
    r->text.len = (size_t)(end - begin);
    return &r->text;
}

static uint16_t default_port(const struct osft_settings *settings)
{
    return settings->plain_http ? 80 : 443;
}

uint16_t osft_tcp_port(const struct osft_settings *settings)
{
    return settings->tcp_port != 0 ? settings->tcp_port : default_port(settings);
}

/* Return where the zone of an IPv6 address begins, as in [fe80::1%eth0], or the length when it has
 * none. A zone names an interface of this device, and is not sent, because it means nothing to
 * other machines (RFC 6874, 1). */
static size_t find_zone(const struct osft_span *host)
{
    size_t i = 0;

    while (i < host->len && host->ptr[i] != '%') {
        i++;
    }
    return i;
}

static const struct osft_span *get_optional_text(const struct osft_span *text)
{
    return text->ptr != NULL ? text : NULL;
}

/* Return the text of a value; NULL when the value is not given. */
static const struct osft_span *get_text(struct osft_request *r, unsigned value)
{
    const struct osft_query *query = r->query;
    const struct osft_settings *settings = r->settings;
    const struct osft_credentials *credentials = settings->credentials;
    const char *string = "";

    switch (value) {
    case APP_GROUP: return &query->app_group;
    case FUNCTION: return &query->function;
    case INSTANCE: return &query->instance;
    case GENERATION: return get_optional_text(&query->generation);
    case STATUS: return get_optional_text(&query->status);
    case END_TIME: return write_number(r, query->end_ms);
    case START_TIME: return write_number(r, query->start_ms);
    case PAGE_NUMBER: return write_number(r, query->page_number);
    case PAGE_SIZE: return write_number(r, query->page_size);
    case PORT:
        return write_number(r,
                            settings->tcp_port == default_port(settings) ? 0 : settings->tcp_port);
    case HOST: return &r->host;
    case END_OF_ZONE:
        string = r->sent_host_length < r->host.len && r->host.ptr[0] == '[' ? "" : NULL;
        break;
    case TOKEN: return credentials->token.len != 0 ? &credentials->token : NULL;
    case ID_OF_TOKEN: return credentials->token.len != 0 ? &credentials->id : NULL;
    case ID: return &credentials->id;
    case ACTION:
        string = query->generation.ptr != NULL ? "GetFunctionTask" : "ListFunctionTasks";
        break;
    case BODY_HASH: string = EMPTY_SHA256; break;
    case ACS_DATE:
        r->text.ptr = r->date;
        r->text.len = OSFT_DATE_LENGTH;
        return &r->text;
    case NONCE:
        r->text.ptr = r->nonce;
        r->text.len = OSFT_NONCE_LENGTH;
        return &r->text;
    default: break;
    }
    if (string == NULL) {
        return NULL;
    }
    r->text = osft_span_from(string);
    return &r->text;
}

static void put_signed_names(struct osft_request *r)
{
    const char *text = texts;
    size_t i;

    for (i = 0; i < PIECES; i++) {
        const struct piece *piece = &pieces[i];
        if (piece->kind == HEADER && get_text(r, piece->value) != NULL) {
            if (piece->value != HOST) { /* HOST is the first name */
                put_byte(r, BOTH, ';');
            }
            put_bytes(r, BOTH, text, piece->text_length);
        }
        text += piece->text_length;
    }
}

/* Whether a value can be sent. Servers and proxies remove the segments . and .. from a path. White
 * space and control characters must not stand in a header: CR, LF and NUL would end it. */
static int can_be_sent(const struct osft_span *text, unsigned value)
{
    size_t i;

    if (value == STATUS || value >= NOTHING) {
        return 1;
    }
    if (value < STATUS) {
        return text->len > 2 || (text->len != 0 && memcmp(text->ptr, "..", text->len) != 0);
    }
    for (i = 0; i < text->len; i++) {
        uint8_t b = (uint8_t)text->ptr[i];
        if (b <= ' ' || b == 0x7f) {
            return 0;
        }
    }
    return text->len != 0;
}

static void put_piece(struct osft_request *r, const struct piece *piece, const char *text)
{
    unsigned kind = piece->kind, where = kind < BOTH ? kind : (unsigned)BOTH, value = piece->value;
    const struct osft_span *given = get_text(r, value);

    if (given == NULL) {
        return;
    }
    if (kind == PARAMETER) {
        if (r->query->generation.ptr != NULL) {
            return; /* GetFunctionTask has no parameters */
        }
        /* The ? is sent but not signed; each & is sent and signed. */
        put_byte(r, r->has_parameters ? BOTH : SENT, r->has_parameters ? '&' : '?');
        r->has_parameters = 1;
    } else if (kind == HEADER) {
        put_byte(r, SENT, '\r');
        put_byte(r, BOTH, '\n');
    }
    put_bytes(r, where, text, piece->text_length);
    if (kind == HEADER) {
        put_byte(r, BOTH, ':');
        put_byte(r, SENT, ' ');
    }
    if (!can_be_sent(given, value)) {
        r->argument = (uint8_t)value; /* nothing of this request will be sent */
    } else if (value <= STATUS) {
        put_encoded(r, given);
    } else if (value == SIGNED_NAMES) {
        put_signed_names(r);
    } else {
        put_bytes(r, where, given->ptr, value == HOST ? r->sent_host_length : given->len);
    }
}

static void put_pieces(struct osft_request *r)
{
    const char *text = texts;
    size_t i;

    for (i = 0; i < PIECES; i++) {
        put_piece(r, &pieces[i], text);
        text += pieces[i].text_length;
    }
}

int osft_build_request(struct osft_request *r)
{
    const struct osft_sha256 *sha256 = r->settings->sha256;
    uint8_t digest[32];

    r->len = 0;
    r->argument = 0;
    r->has_parameters = 0;
    r->hash_result = sha256->start(sha256->ctx);
    r->host = osft_span_from(r->settings->host);
    r->sent_host_length = find_zone(&r->host);
    put_pieces(r);
    r->hash_result |= sha256->finish(sha256->ctx, digest);
    if (r->argument != 0) {
        return OSFT_E_ARG;
    }
    if (r->hash_result != 0) {
        return OSFT_E_HASH;
    }
    if (r->len > r->size) {
        return OSFT_E_SPACE;
    }
    return osft_sign(sha256, &r->settings->credentials->secret, digest,
                     r->buffer + r->len - (sizeof(END) - 1) - OSFT_SIGNATURE_LENGTH);
}
