/* SPDX-License-Identifier: Apache-2.0 */
/* Describes why a connection failed. These texts are in a separate file, so that firmware that
 * shows no texts does not link them. */
#include "osft_tls_internal.h"

struct osft_tls_words {
    int32_t key;
    const char *words;
};

#define OSFT_TLS_COUNT(table) (sizeof(table) / sizeof(table)[0])

/* The first flag that is set is described. A flag that is a consequence of another one stands
 * behind that one. */
static const struct osft_tls_words osft_tls_flag_words[] = {
    { MBEDTLS_X509_BADCERT_NOT_TRUSTED,
      "no trusted root certificate stands behind the server's certificate: its authority is not "
      "trusted here, or the server did not send all intermediate certificates in order" },
    { MBEDTLS_X509_BADCERT_BAD_MD,
      "a certificate of the server's chain is signed with a hash that can be forged, such as MD5 "
      "or SHA-1" },
    { MBEDTLS_X509_BADCERT_BAD_KEY,
      "a key in the server's certificates is too weak: RSA needs 2,048 bits or more, and a curve "
      "must be P-256, P-384 or P-521" },
    { MBEDTLS_X509_BADCERT_BAD_PK,
      "a key in the server's certificates is of a kind that is not accepted" },
    { MBEDTLS_X509_BADCERT_CN_MISMATCH, "the server's certificate is for another name" },
    { OSFT_TLS_BADCERT_CONSTRAINTS,
      "an authority in the server's certificates may not vouch for this name" },
    { MBEDTLS_X509_BADCERT_EXT_KEY_USAGE,
      "a certificate of the server's chain is not meant for TLS servers (extended key usage)" },
    { MBEDTLS_X509_BADCERT_KEY_USAGE,
      "the server's certificate may not be used in this way (key usage)" },
    { MBEDTLS_X509_BADCERT_NS_CERT_TYPE, "the server's certificate is not meant for servers" },
    { MBEDTLS_X509_BADCERT_OTHER, "the server's key is none of those that are pinned" },
};

/* The reasons that the server gives by its alert (RFC 8446, section 6). */
static const struct osft_tls_words osft_tls_alert_words[] = {
    { MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE,
      "the server has no version of TLS, cipher, group or signature in common with this client" },
    { MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY,
      "the server demands stronger ciphers than this client has" },
    { MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION,
      "the server speaks no version of TLS that this client accepts" },
    { MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME, "the server does not know this name" },
    { MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED, "the server denies access" },
    { MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR, "the server reports an internal error" },
    { 116 /* certificate_required */, "the server demands a certificate of the client" },
    { MBEDTLS_SSL_ALERT_MSG_BAD_RECORD_MAC,
      "the server received damaged bytes: something on the way changes them" },
    { MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER,
      "the server does not accept the client's handshake (illegal parameter)" },
    { MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR, "the server could not read the client's handshake" },
};

static const struct osft_tls_words osft_tls_error_words[] = {
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    { MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION,
      "the server speaks no version of TLS that this client accepts" },
    { MBEDTLS_ERR_SSL_NO_USABLE_CIPHERSUITE,
      "the server has no cipher in common with this client" },
    { MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO,
      "the server answered the handshake with what this client did not offer" },
    { MBEDTLS_ERR_SSL_BAD_HS_SERVER_KEY_EXCHANGE,
      "the server's part of the key exchange is not what this client offered, or not of the "
      "certificate's key" },
#else
    { MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION,
      "the server speaks no version of TLS that this client accepts" },
    { MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER,
      "the server answered the handshake with what this client did not offer" },
    { MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE,
      "the server answered the handshake with what this client did not offer" },
    { MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION,
      "the server answered the handshake with what this client did not offer" },
    { MBEDTLS_ERR_SSL_DECODE_ERROR, "the server sent a message that breaks the rules of TLS" },
#endif
    { MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE,
      "the server sent a message that this client does not expect there, such as TLS 1.3's "
      "KeyUpdate, which mbedTLS does not know" },
    { MBEDTLS_ERR_SSL_INVALID_RECORD, "what the server sent is not TLS" },
    { MBEDTLS_ERR_SSL_INVALID_MAC, "bytes were changed on the way" },
    { OSFT_TLS_NO_MEMORY, "mbedTLS has too little memory" },
    { OSFT_TLS_X509_NO_MEMORY, "mbedTLS has too little memory" },
    { MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED, "no root certificate is trusted" },
};

static const char *osft_tls_find_words(const struct osft_tls_words *table, size_t count,
                                       int32_t key)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].key == key) {
            return table[i].words;
        }
    }
    return NULL;
}

/* Describe which certificate was refused for its dates. */
static const char *osft_tls_describe_dates(const struct osft_tls *tls)
{
    int has_expired = (tls->verify_flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0;

    if (tls->refused_depth == OSFT_TLS_ROOT_DEPTH) {
        return has_expired ? "the root certificate has expired"
                           : "the root certificate is not valid yet";
    }
    if (tls->refused_depth != 0) {
        return has_expired ? "an intermediate certificate of the server's has expired"
                           : "an intermediate certificate of the server's is not valid yet";
    }
    return has_expired ? "the server's certificate has expired"
                       : "the server's certificate is not valid yet";
}

static const char *osft_tls_describe_certificate(const struct osft_tls *tls)
{
    for (size_t i = 0; i < OSFT_TLS_COUNT(osft_tls_flag_words); i++) {
        if ((tls->verify_flags & (uint32_t)osft_tls_flag_words[i].key) != 0) {
            return osft_tls_flag_words[i].words;
        }
    }
    if (tls->verify_flags != 0) {
        return osft_tls_describe_dates(tls);
    }
    const char *words =
        osft_tls_find_words(osft_tls_error_words, OSFT_TLS_COUNT(osft_tls_error_words), tls->code);
    return words != NULL ? words
                         : "a certificate cannot be read: it is damaged, or demands a critical "
                           "check that mbedTLS does not know";
}

static const char *osft_tls_describe_failure(const struct osft_tls *tls)
{
    const char *words = tls->alert != 0
                            ? osft_tls_find_words(osft_tls_alert_words,
                                                  OSFT_TLS_COUNT(osft_tls_alert_words), tls->alert)
                            : osft_tls_find_words(osft_tls_error_words,
                                                  OSFT_TLS_COUNT(osft_tls_error_words), tls->code);
    if (words != NULL) {
        return words;
    }
    if (tls->alert != 0) {
        return "the server ended the connection with an alert";
    }
    return tls->handshake_done ? "mbedTLS found the connection broken"
                               : "the server's handshake breaks the rules of TLS, or is not signed "
                                 "with its certificate's key";
}

const char *osft_tls_cause(const struct osft_tls *tls, int result)
{
    switch (result) {
    case OSFT_E_CERT:
    case OSFT_E_CERT_TIME: return osft_tls_describe_certificate(tls);
    case OSFT_E_TLS: return osft_tls_describe_failure(tls);
    case OSFT_E_IO: /* the handshake offered a session, and a retry will not */
        return tls->lower_error == 0 && tls->code != 0 ? osft_tls_describe_failure(tls) : NULL;
    case OSFT_E_CUT:
        return tls->handshake_done ? "the connection ended without TLS saying so"
                                   : "the server ended the connection in the TLS handshake";
    default: return NULL;
    }
}

const char *osft_tls_ca_cause(const struct osft_tls *tls)
{
    switch (tls->code) {
#ifdef MBEDTLS_ERR_PK_FILE_IO_ERROR
    case MBEDTLS_ERR_PK_FILE_IO_ERROR: return "the file cannot be read";
#endif
    case MBEDTLS_ERR_X509_FILE_IO_ERROR:
        return "something in that folder cannot be looked at, such as a link to itself";
    case OSFT_TLS_X509_NO_MEMORY: return "mbedTLS has too little memory";
    case MBEDTLS_ERR_X509_INVALID_FORMAT:
    case MBEDTLS_ERR_X509_CERT_UNKNOWN_FORMAT: return "no whole certificate in PEM or DER is there";
    default:
        return "a certificate there is damaged, or has a key or signature of a kind that mbedTLS "
               "does not know";
    }
}

int osft_tls_get_validity(const struct osft_tls *tls, struct osft_tls_validity *validity)
{
    if (!tls->saw_certificate) {
        return 0;
    }
    validity->from_s = tls->session_info.valid_from;
    validity->until_s = tls->session_info.valid_until;
    validity->now_s = tls->port.utc_s(tls->port.ctx);
    return 1;
}
