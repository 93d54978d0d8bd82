/* SPDX-License-Identifier: Apache-2.0 */
/* A name server on loopback for the firmware in the emulator, whose own name server would ask
 * others in the internet. It knows an IPv4 address of one name; no other name exists.
 * usage: name_server NAME ADDRESS [LOST]
 *     LOST: how many queries get no response at first
 * Prints `listening on 127.0.0.1:PORT`; ends at SIGTERM.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 12, TYPE_A = 1, CLASS_IN = 1, RECORD = 16 };

/* Read the name that begins at offset `at`. Returns the offset of its end; 0: the name is
 * incomplete. */
static size_t read_name(const unsigned char *query, size_t len, size_t at, char *name, size_t room)
{
    size_t used = 0;

    while (at < len && query[at] != 0) {
        size_t part = query[at++];
        if (part > 63 || at + part > len || used + part + 1 >= room)
            return 0;
        memcpy(name + used, query + at, part);
        used += part;
        name[used++] = '.';
        at += part;
    }
    if (at >= len || used == 0)
        return 0;
    name[used - 1] = '\0';
    return at + 1;
}

/* Turn a query into its response. Returns the response's length; 0: the message is not a query. */
static size_t make_response(unsigned char *message, size_t len, const char *known,
                            struct in_addr address)
{
    static const unsigned char record[RECORD] = { 0xC0, HEADER, 0, TYPE_A, 0, CLASS_IN,
                                                  0,    0,      0, 60,     0, 4 };
    char name[256];
    size_t end;

    if (len < HEADER || (message[2] & 0x80) || message[4] != 0 || message[5] != 1)
        return 0;
    end = read_name(message, len, HEADER, name, sizeof(name));
    if (end == 0 || end + 4 > len)
        return 0;
    end += 4;
    message[2] = 0x81; /* response; recursion desired */
    message[3] = 0x80; /* recursion available; no error */
    memset(message + 6, 0, 6);
    if (strcasecmp(name, known) != 0) {
        message[3] |= 3; /* no such name */
        return end;
    }
    if (message[end - 3] == TYPE_A) {
        message[7] = 1;
        memcpy(message + end, record, sizeof(record) - 4);
        memcpy(message + end + sizeof(record) - 4, &address, 4);
        end += sizeof(record);
    }
    return end;
}

static int serve(int fd, const char *known, struct in_addr address, long lost)
{
    unsigned char message[512 + RECORD];
    struct sockaddr_in from;

    for (;;) {
        socklen_t size = sizeof(from);
        ssize_t received = recvfrom(fd, message, 512, 0, (struct sockaddr *)&from, &size);
        if (received < 0)
            return 1;
        size_t len = make_response(message, (size_t)received, known, address);
        if (len == 0 || lost-- > 0)
            continue;
        if (sendto(fd, message, len, 0, (struct sockaddr *)&from, size) < 0)
            return 1;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in bound;
    struct in_addr address;
    socklen_t size = sizeof(bound);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc < 3 || inet_pton(AF_INET, argv[2], &address) != 1) {
        fputs("usage: name_server NAME ADDRESS [LOST]\n", stderr);
        return 2;
    }
    memset(&bound, 0, sizeof(bound));
    bound.sin_family = AF_INET;
    bound.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&bound, sizeof(bound)) ||
        getsockname(fd, (struct sockaddr *)&bound, &size)) {
        perror("name_server");
        return 1;
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(bound.sin_port));
    fflush(stdout);
    return serve(fd, argv[1], address, argc > 3 ? strtol(argv[3], NULL, 10) : 0);
}
