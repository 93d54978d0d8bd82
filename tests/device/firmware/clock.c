/* SPDX-License-Identifier: Apache-2.0 */
/* An SNTP server on loopback whose clock stands still, for the firmware in the emulator.
 * usage: clock UTC_S [deaf|blind|late]
 *     deaf: never answers; blind: answers without having read the question; late: after 3 seconds
 * Prints `listening on 127.0.0.1:PORT`; ends at SIGTERM.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE = 48, ORIGINATE = 24, RECEIVE = 32, TRANSMIT = 40, CLIENT = 3, SERVER = 4 };

#define FROM_1900_TO_1970 2208988800u

/* The question becomes its answer (RFC 4330). 0: it is none. */
static int answer(unsigned char *message, size_t len, uint32_t utc_s, int is_blind)
{
    uint32_t seconds = htonl(utc_s + FROM_1900_TO_1970); /* wraps in 2036, as the protocol does */

    if (len != MESSAGE || (message[0] & 7) != CLIENT)
        return 0;
    memcpy(message + ORIGINATE, message + TRANSMIT, 8);
    if (is_blind)
        message[ORIGINATE] ^= 1;
    message[0] = (unsigned char)(4 << 3 | SERVER);
    message[1] = 1; /* stratum */
    memset(message + RECEIVE, 0, MESSAGE - RECEIVE);
    memcpy(message + RECEIVE, &seconds, 4);
    memcpy(message + TRANSMIT, &seconds, 4);
    return 1;
}

static int serve(int fd, uint32_t utc_s, const char *how)
{
    unsigned char message[MESSAGE + 1];
    struct sockaddr_in from;

    for (;;) {
        socklen_t size = sizeof(from);
        ssize_t n = recvfrom(fd, message, sizeof(message), 0, (struct sockaddr *)&from, &size);
        if (n < 0)
            return 1;
        if (strcmp(how, "deaf") == 0 ||
            !answer(message, (size_t)n, utc_s, strcmp(how, "blind") == 0))
            continue;
        if (strcmp(how, "late") == 0)
            sleep(3);
        if (sendto(fd, message, MESSAGE, 0, (struct sockaddr *)&from, size) < 0)
            return 1;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in at;
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc < 2) {
        fputs("usage: clock UTC_S [deaf|blind|late]\n", stderr);
        return 2;
    }
    memset(&at, 0, sizeof(at));
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
        getsockname(fd, (struct sockaddr *)&at, &size)) {
        perror("clock");
        return 1;
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    return serve(fd, (uint32_t)strtoul(argv[1], NULL, 10), argc > 2 ? argv[2] : "");
}
