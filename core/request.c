/* SPDX-License-Identifier: Apache-2.0 */
/* A request is a template that is filled in with values. Most of it is sent and signed: it goes into
 * the buffer and into the hash of the canonical request at once, so that the two cannot differ, and
 * the canonical request is never stored. */
#include <string.h>
#include "request.h"
#include "text.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Where a piece of the template goes. */
enum {
    SENT = 1,
    SIGNED = 2,
    BOTH = SENT | SIGNED,
    PARAMETER, /* both, as a parameter of the query string */
    HEADER     /* both, as a line: sent as "name: value" and CR LF, signed as "name:value" and LF */
};

/* What the template is filled in with. */
enum {
    NOTHING = 0,
    APP_GROUP = OSFT_ARG_APP_GROUP,
    FUNCTION = OSFT_ARG_FUNCTION,
    INSTANCE = OSFT_ARG_INSTANCE,
    GENERATION = OSFT_ARG_GENERATION,
    ID = OSFT_ARG_ID,
    TOKEN = OSFT_ARG_TOKEN,
    HOST = OSFT_ARG_HOST,
    ID_OF_TOKEN = OSFT_ARGS, /* the id, when there is a token */
    END_TIME,
    PAGE_NUMBER,
    PAGE_SIZE,
    START_TIME,
    STATUS,
    ACTION,
    BODY_HASH,
    DATE,
    NONCE,
    SIGNED_NAMES, /* of the headers that are signed */
    SIGNATURE
};

/* The template: pieces of text, each with the value that follows it. A piece whose value is not given
 * is left out. Parameters and headers are sorted by name, as the signature wants them. */
#define TEMPLATE(PIECE)                                        \
    PIECE(BOTH, "GET", NOTHING)                                \
    PIECE(SENT, " ", NOTHING)                                  \
    PIECE(SIGNED, "\n", NOTHING)                               \
    PIECE(BOTH, "/v4/openapi/app-groups/", APP_GROUP)          \
    PIECE(BOTH, "/functions/", FUNCTION)                       \
    PIECE(BOTH, "/instances/", INSTANCE)                       \
    PIECE(BOTH, "/tasks", NOTHING)                             \
    PIECE(BOTH, "/", GENERATION)                               \
    PIECE(SIGNED, "\n", NOTHING)                               \
    PIECE(PARAMETER, "endTime=", END_TIME)                     \
    PIECE(PARAMETER, "pageNumber=", PAGE_NUMBER)               \
    PIECE(PARAMETER, "pageSize=", PAGE_SIZE)                   \
    PIECE(PARAMETER, "startTime=", START_TIME)                 \
    PIECE(PARAMETER, "status=", STATUS)                        \
    PIECE(SENT, " HTTP/1.1", NOTHING)                          \
    PIECE(HEADER, "host", HOST)                                \
    PIECE(HEADER, "x-acs-accesskey-id", ID_OF_TOKEN)           \
    PIECE(HEADER, "x-acs-action", ACTION)                      \
    PIECE(HEADER, "x-acs-content-sha256", BODY_HASH)           \
    PIECE(HEADER, "x-acs-date", DATE)                          \
    PIECE(HEADER, "x-acs-security-token", TOKEN)               \
    PIECE(HEADER, "x-acs-signature-nonce", NONCE)              \
    PIECE(HEADER, "x-acs-version", NOTHING)                    \
    PIECE(BOTH, "2017-12-25", NOTHING)                         \
    PIECE(SIGNED, "\n\n", NOTHING)                             \
    PIECE(SENT, "\r\nuser-agent: osft/" OSFT_VERSION, NOTHING) \
    PIECE(SENT, "\r\naccept: application/json", NOTHING)       \
    PIECE(SENT, "\r\nauthorization: " OSFT_ALGORITHM, NOTHING) \
    PIECE(SENT, " Credential=", ID)                            \
    PIECE(SENT, ",SignedHeaders=", NOTHING)                    \
    PIECE(BOTH, "", SIGNED_NAMES)                              \
    PIECE(SIGNED, "\n", BODY_HASH)                             \
    PIECE(SENT, ",Signature=", SIGNATURE)                      \
    PIECE(SENT, "\r\n\r\n", NOTHING)

#define TEXT_OF(kind, text, value)  text
#define PIECE_OF(kind, text, value) { kind, value, sizeof(text) - 1 },
static const char texts[] = TEMPLATE(TEXT_OF); /* of all pieces, one behind the other */
static const struct piece {
    uint8_t kind, value, text_length;
} pieces[] = { TEMPLATE(PIECE_OF) };
#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

/* where: SENT, SIGNED or BOTH */
static void put(struct osft_request *r, unsigned where, const char *text, size_t len)
{
    const struct osft_sha256 *sha256 = r->settings->sha256;

    if (where & SENT) {
        if (r->len + len <= r->size) {
            memcpy(r->buffer + r->len, text, len);
        }
        r->len += len;
    }
    if ((where & SIGNED) && sha256->update(sha256->ctx, text, len) != 0) {
        r->hash_failed = 1;
    }
}

static void put_byte(struct osft_request *r, unsigned where, char b)
{
    put(r, where, &b, 1);
}

static int is_unreserved(uint8_t b)
{
    uint8_t letter = b | 0x20; /* a small one, if it is one */
    return (b >= '0' && b <= '9') || (letter >= 'a' && letter <= 'z') || b == '-' || b == '.' ||
           b == '_' || b == '~';
}

static void put_encoded(struct osft_request *r, const struct osft_span *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < text->len; i++) {
        uint8_t b = (uint8_t)text->ptr[i];
        if (is_unreserved(b)) {
            put_byte(r, BOTH, (char)b);
        } else {
            put_byte(r, BOTH, '%');
            put_byte(r, BOTH, digits[b >> 4]);
            put_byte(r, BOTH, digits[b & 15]);
        }
    }
}

/* A segment of the path. Servers and proxies take the segments . and .. out of a path. */
static void put_name(struct osft_request *r, const struct osft_span *name, uint8_t argument)
{
    if (name->len == 0 || (name->len <= 2 && memcmp(name->ptr, "..", name->len) == 0)) {
        r->argument = argument;
    }
    put_encoded(r, name);
}

static void put_number(struct osft_request *r, int64_t number)
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char digits[20]; /* enough for any 64-bit number and its sign */
    size_t start = sizeof(digits);

    do {
        digits[--start] = (char)('0' + osft_divide(&rest, 10));
    } while (rest != 0);
    if (number < 0) {
        digits[--start] = '-';
    }
    put(r, BOTH, digits + start, sizeof(digits) - start);
}

/* The value of a header has no white space and no control characters: CR, LF and NUL would end it. */
static int is_header_value(const struct osft_span *value)
{
    size_t i;

    for (i = 0; i < value->len; i++) {
        uint8_t b = (uint8_t)value->ptr[i];
        if (b <= ' ' || b == 0x7f) {
            return 0;
        }
    }
    return value->len != 0;
}

static void put_credential(struct osft_request *r, unsigned where, const struct osft_span *value,
                           uint8_t argument)
{
    if (is_header_value(value)) {
        put(r, where, value->ptr, value->len);
    } else {
        r->argument = argument;
    }
}

static uint16_t default_port(const struct osft_settings *settings)
{
    return settings->plain_http ? 80 : 443;
}

uint16_t osft_tcp_port(const struct osft_settings *settings)
{
    return settings->tcp_port != 0 ? settings->tcp_port : default_port(settings);
}

/* The zone of an IPv6 address, as in [fe80::1%eth0], says which interface of this device to use. It
 * means nothing to others and is not sent (RFC 6874, 1). */
static void put_host(struct osft_request *r)
{
    const char *host = r->settings->host;
    struct osft_span address = { host, host != NULL ? strlen(host) : 0 };
    uint16_t port = osft_tcp_port(r->settings);
    size_t len = 0;

    if (!is_header_value(&address)) {
        r->argument = HOST;
        return;
    }
    while (len < address.len && host[len] != '%') {
        len++;
    }
    put(r, BOTH, host, len);
    if (len < address.len) {
        put_byte(r, BOTH, ']');
    }
    if (port != default_port(r->settings)) {
        put_byte(r, BOTH, ':');
        put_number(r, port);
    }
}

static int is_given(const struct osft_request *r, unsigned value)
{
    const struct osft_query *query = r->query;

    switch (value) {
    case GENERATION: return query->generation.ptr != NULL;
    case END_TIME: return query->end_ms != 0;
    case PAGE_NUMBER: return query->page_number != 0;
    case PAGE_SIZE: return query->page_size != 0;
    case START_TIME: return query->start_ms != 0;
    case STATUS: return query->status.ptr != NULL;
    case ID_OF_TOKEN:
    case TOKEN: return r->settings->credentials->token.len != 0;
    default: return 1;
    }
}

static void put_signed_names(struct osft_request *r)
{
    const char *text = texts;
    size_t i;

    for (i = 0; i < PIECES; i++) {
        const struct piece *piece = &pieces[i];
        if (piece->kind == HEADER && is_given(r, piece->value)) {
            if (piece->value != HOST) { /* which is the first */
                put_byte(r, BOTH, ';');
            }
            put(r, BOTH, text, piece->text_length);
        }
        text += piece->text_length;
    }
}

static void put_action(struct osft_request *r)
{
    const char *action = r->query->generation.ptr != NULL ? "GetFunctionTask" : "ListFunctionTasks";
    put(r, BOTH, action, strlen(action));
}

static void put_value(struct osft_request *r, unsigned where, uint8_t value)
{
    const struct osft_query *query = r->query;
    const struct osft_credentials *credentials = r->settings->credentials;

    switch (value) {
    case APP_GROUP: put_name(r, &query->app_group, value); break;
    case FUNCTION: put_name(r, &query->function, value); break;
    case INSTANCE: put_name(r, &query->instance, value); break;
    case GENERATION: put_name(r, &query->generation, value); break;
    case END_TIME: put_number(r, query->end_ms); break;
    case PAGE_NUMBER: put_number(r, query->page_number); break;
    case PAGE_SIZE: put_number(r, query->page_size); break;
    case START_TIME: put_number(r, query->start_ms); break;
    case STATUS: put_encoded(r, &query->status); break;
    case HOST: put_host(r); break;
    case ID_OF_TOKEN:
    case ID: put_credential(r, where, &credentials->id, ID); break;
    case TOKEN: put_credential(r, where, &credentials->token, TOKEN); break;
    case ACTION: put_action(r); break;
    case BODY_HASH:
        put(r, where, EMPTY_SHA256, sizeof(EMPTY_SHA256) - 1);
        break; /* there is no body */
    case DATE: put(r, where, r->date, OSFT_DATE_LENGTH); break;
    case NONCE: put(r, where, r->nonce, OSFT_NONCE_LENGTH); break;
    case SIGNED_NAMES: put_signed_names(r); break;
    case SIGNATURE: /* follows when everything else is signed */
        r->signature = r->len;
        r->len += OSFT_SIGNATURE_LENGTH;
        break;
    default: break;
    }
}

static void put_piece(struct osft_request *r, const struct piece *piece, const char *text)
{
    unsigned where = piece->kind < BOTH ? piece->kind : BOTH;

    if (piece->kind == PARAMETER) { /* only the second one's & is signed */
        put_byte(r, r->has_parameters ? BOTH : SENT, r->has_parameters ? '&' : '?');
        r->has_parameters = 1;
    } else if (piece->kind == HEADER) {
        put_byte(r, SENT, '\r');
        put_byte(r, BOTH, '\n');
    }
    put(r, where, text, piece->text_length);
    if (piece->kind == HEADER) {
        put_byte(r, BOTH, ':');
        put_byte(r, SENT, ' ');
    }
    put_value(r, where, piece->value);
}

static void put_pieces(struct osft_request *r)
{
    int is_list = r->query->generation.ptr == NULL; /* others have no parameters */
    const char *text = texts;
    size_t i;

    for (i = 0; i < PIECES; i++) {
        const struct piece *piece = &pieces[i];
        if (is_given(r, piece->value) && (is_list || piece->kind != PARAMETER)) {
            put_piece(r, piece, text);
        }
        text += piece->text_length;
    }
}

int osft_build_request(struct osft_request *r)
{
    const struct osft_sha256 *sha256 = r->settings->sha256;
    uint8_t digest[32];

    r->len = 0;
    r->argument = 0;
    r->has_parameters = 0;
    r->hash_failed = sha256->start(sha256->ctx) != 0;
    put_pieces(r);
    if (sha256->finish(sha256->ctx, digest) != 0) {
        r->hash_failed = 1;
    }
    if (r->argument != 0) {
        return OSFT_E_ARG;
    }
    if (r->hash_failed) {
        return OSFT_E_HASH;
    }
    if (r->len > r->size) {
        return OSFT_E_SPACE;
    }
    return osft_sign(sha256, &r->settings->credentials->secret, digest, r->buffer + r->signature);
}
