/* SPDX-License-Identifier: Apache-2.0 */
/* Looks up the addresses of a name, and orders them (RFC 8305, section 4): they are tried in the
 * resolver's order, but addresses of the first address's family alternate with the others. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "osft_posix_internal.h"
#include "osft_port_tools.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void osft_posix_free_addresses(struct osft_posix *posix)
{
    if (posix->addresses != NULL) {
        freeaddrinfo(posix->addresses);
    }
    posix->addresses = NULL;
    posix->address_count = posix->untried_count = 0;
}

const struct addrinfo *osft_posix_find_address(const struct osft_posix *posix, unsigned index)
{
    const struct addrinfo *address = posix->addresses;
    unsigned first_count = posix->first_family_count;
    unsigned other_count = posix->address_count - first_count;
    unsigned pairs = first_count < other_count ? first_count : other_count;
    int is_paired = index < 2 * pairs; /* behind the pairs comes the rest of the larger family */
    int is_first_family = is_paired ? index % 2 == 0 : first_count > other_count;
    unsigned to_skip = is_paired ? index / 2 : index - pairs;

    for (;; address = address->ai_next) {
        if ((address->ai_family == posix->addresses->ai_family) == is_first_family &&
            to_skip-- == 0) {
            return address;
        }
    }
}

void osft_posix_note_address(struct osft_posix *posix, const struct addrinfo *address)
{
    posix->failed_len = 0;
    if (address->ai_addrlen <= sizeof posix->failed) {
        memcpy(posix->failed, address->ai_addr, address->ai_addrlen);
        posix->failed_len = (uint8_t)address->ai_addrlen;
    }
}

/* Count the addresses, and choose the first one to try: the one behind the address that has failed,
 * if that address is still among them. */
static void osft_posix_order_addresses(struct osft_posix *posix)
{
    const struct addrinfo *address;

    posix->address_count = posix->first_family_count = posix->next_index = 0;
    for (address = posix->addresses; address != NULL; address = address->ai_next) {
        posix->address_count++;
        posix->first_family_count += address->ai_family == posix->addresses->ai_family;
    }
    posix->untried_count = posix->address_count;
    for (unsigned i = 0; i < posix->address_count; i++) {
        address = osft_posix_find_address(posix, i);
        if (address->ai_addrlen == posix->failed_len &&
            memcmp(address->ai_addr, posix->failed, posix->failed_len) == 0) {
            posix->next_index = (i + 1) % posix->address_count;
            break;
        }
    }
}

int osft_posix_look_up(struct osft_posix *posix, const char *host, uint16_t tcp_port)
{
    char digits[6], address[OSFT_ADDRESS_ROOM];
    struct addrinfo hints;
    size_t first = sizeof digits - 1;
    unsigned rest = tcp_port;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (host[0] == '[') {
        if (osft_bare_host(host, OSFT_KEEP_ZONE, address, sizeof address) == 0) {
            posix->code = EAI_NONAME;
            return OSFT_E_RESOLVE;
        }
        host = address;
        hints.ai_family = AF_INET6;
        hints.ai_flags |= AI_NUMERICHOST;
    }
    int result = getaddrinfo(host, digits + first, &hints, &posix->addresses);
    if (result != 0) {
        posix->code = result == EAI_SYSTEM ? errno : result;
        posix->addresses = NULL;
        return OSFT_E_RESOLVE;
    }
    osft_posix_order_addresses(posix);
    return OSFT_OK;
}
