/* SPDX-License-Identifier: Apache-2.0 */
/* Checks name constraints (RFC 5280, section 4.2.1.10): the names that an authority may vouch for.
 * mbedTLS refuses a certificate with critical constraints, and ignores all others: without this
 * check, an authority that may vouch only for its owner's names could vouch for the service. Only
 * the host of the connection is compared, because no other name in the server's certificate is
 * used. */
#include "osft_tls_internal.h"

#include "mbedtls/asn1.h"

#include <string.h>

#define OSFT_TLS_SEQUENCE   (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define OSFT_TLS_PERMITTED  (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED)
#define OSFT_TLS_EXCLUDED   (OSFT_TLS_PERMITTED | 1)
#define OSFT_TLS_DNS_NAME   (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2)
#define OSFT_TLS_IP_ADDRESS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7)

/* The rest of a text in DER that is being read. */
struct osft_tls_der {
    unsigned char *at;
    const unsigned char *end;
};

/* Read the next element, of any kind, from `from`. Returns its tag; 0: there is no element, or it
 * is malformed, and *element is empty. */
static int osft_tls_take_element(struct osft_tls_der *from, struct osft_tls_der *element)
{
    size_t len;
    int tag = from->at != from->end ? *from->at : 0;

    element->at = from->at;
    element->end = from->at;
    if (tag == 0 || mbedtls_asn1_get_tag(&from->at, from->end, &len, tag) != 0) {
        return 0;
    }
    element->at = from->at;
    element->end = from->at += len;
    return tag;
}

static unsigned char osft_tls_lower_case(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/* Whether a host is the domain or lies below it. A domain with a leading dot contains only hosts
 * below it. */
static int osft_tls_is_in_domain(const char *host, const struct osft_tls_der *domain)
{
    size_t len = (size_t)(domain->end - domain->at), host_len = strlen(host);

    if (len > host_len) {
        return 0;
    }
    const char *tail = host + (host_len - len);
    for (size_t i = 0; i < len; i++) {
        if (osft_tls_lower_case((unsigned char)tail[i]) != osft_tls_lower_case(domain->at[i])) {
            return 0;
        }
    }
    return len == 0 || len == host_len || *tail == '.' || tail[-1] == '.';
}

static int osft_tls_is_in_network(const struct osft_tls *tls, const struct osft_tls_der *network)
{
    if (network->end - network->at != 2 * tls->ip_len) {
        return 0;
    }
    for (size_t i = 0; i < tls->ip_len; i++) {
        if (((tls->ip[i] ^ network->at[i]) & network->at[tls->ip_len + i]) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Whether the subtrees allow the host; malformed subtrees do not. */
static int osft_tls_subtrees_allow(const struct osft_tls *tls, int kind,
                                   struct osft_tls_der subtrees)
{
    struct osft_tls_der subtree, base;
    int count = 0, matches = 0;

    while (subtrees.at != subtrees.end) {
        int tag = osft_tls_take_element(&subtrees, &subtree) == OSFT_TLS_SEQUENCE
                      ? osft_tls_take_element(&subtree, &base)
                      : 0;
        if (tag == 0) {
            return 0;
        }
        if (tag == (tls->ip_len != 0 ? OSFT_TLS_IP_ADDRESS : OSFT_TLS_DNS_NAME)) {
            count++;
            matches += tls->ip_len != 0
                           ? osft_tls_is_in_network(tls, &base)
                           : osft_tls_is_in_domain(tls->ssl.OSFT_TLS_FIELD(hostname), &base);
        }
    }
    return kind == OSFT_TLS_EXCLUDED ? matches == 0 : count == 0 || matches != 0;
}

static int osft_tls_constraints_allow(const struct osft_tls *tls, struct osft_tls_der value)
{
    struct osft_tls_der constraints, subtrees;
    int is_allowed = osft_tls_take_element(&value, &constraints) == OSFT_TLS_SEQUENCE;

    while (is_allowed && constraints.at != constraints.end) {
        int kind = osft_tls_take_element(&constraints, &subtrees);
        is_allowed = (kind == OSFT_TLS_PERMITTED || kind == OSFT_TLS_EXCLUDED) &&
                     osft_tls_subtrees_allow(tls, kind, subtrees);
    }
    return is_allowed;
}

int osft_tls_may_vouch(const struct osft_tls *tls, const mbedtls_x509_crt *authority)
{
    static const unsigned char name_constraints[] = { 0x55, 0x1d, 0x1e }; /* 2.5.29.30 */
    struct osft_tls_der all = { authority->v3_ext.p, authority->v3_ext.p + authority->v3_ext.len };
    struct osft_tls_der extensions, extension, id, value;
    int is_allowed = 1; /* by every extension of this kind: mbedTLS does not refuse a second one */

    if (authority->v3_ext.len == 0 ||
        osft_tls_take_element(&all, &extensions) != OSFT_TLS_SEQUENCE) {
        return authority->v3_ext.len == 0;
    }
    while (osft_tls_take_element(&extensions, &extension) == OSFT_TLS_SEQUENCE) {
        (void)osft_tls_take_element(&extension, &id);
        if (id.end - id.at == sizeof name_constraints &&
            memcmp(id.at, name_constraints, sizeof name_constraints) == 0) {
            while (osft_tls_take_element(&extension, &value) == MBEDTLS_ASN1_BOOLEAN) {
            }
            is_allowed &= osft_tls_constraints_allow(tls, value);
        }
    }
    return is_allowed;
}
