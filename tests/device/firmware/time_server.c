/* SPDX-License-Identifier: Apache-2.0 */
/* An SNTP server on loopback whose clock stands still, for the firmware in the emulator.
 * usage: time_server UTC_S [HOW [FILE]]
 *     silent  sends no response
 *     wrong   sends the response to another request
 *     after   sends no response until FILE has two lines
 * Prints `listening on 127.0.0.1:PORT`; ends at SIGTERM.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 48, ORIGINATE = 24, RECEIVE = 32, TRANSMIT = 40, CLIENT = 3, SERVER = 4 };

#define FROM_1900_TO_1970 2208988800u

/* Turn a request into its response (RFC 4330). Returns 0 when the message is not a request. */
static int make_answer(unsigned char *message, size_t len, uint32_t utc_s)
{
    uint32_t seconds = htonl(utc_s + FROM_1900_TO_1970); /* wraps in 2036, as NTP does */

    if (len != MESSAGE || (message[0] & 7) != CLIENT)
        return 0;
    memcpy(message + ORIGINATE, message + TRANSMIT, 8);
    message[0] = (unsigned char)(4 << 3 | SERVER);
    message[1] = 1; /* stratum */
    memset(message + RECEIVE, 0, MESSAGE - RECEIVE);
    memcpy(message + RECEIVE, &seconds, 4);
    memcpy(message + TRANSMIT, &seconds, 4);
    return 1;
}

static int count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    int lines = 0, c;

    while (file != NULL && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines;
}

static void wait_for_two_lines(const char *path)
{
    const struct timespec pause = { 0, 20000000 };

    while (count_lines(path) < 2)
        nanosleep(&pause, NULL);
}

static int serve(int fd, uint32_t utc_s, const char *how, const char *path)
{
    unsigned char message[MESSAGE + 1];
    struct sockaddr_in from;

    for (;;) {
        socklen_t size = sizeof(from);
        ssize_t len = recvfrom(fd, message, sizeof(message), 0, (struct sockaddr *)&from, &size);
        if (len < 0)
            return 1;
        if (strcmp(how, "silent") == 0 || !make_answer(message, (size_t)len, utc_s))
            continue;
        if (strcmp(how, "wrong") == 0)
            message[ORIGINATE] ^= 1;
        if (strcmp(how, "after") == 0)
            wait_for_two_lines(path);
        if (sendto(fd, message, MESSAGE, 0, (struct sockaddr *)&from, size) < 0)
            return 1;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    const char *how = argc > 2 ? argv[2] : "", *path = argc > 3 ? argv[3] : "";
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc < 2) {
        fputs("usage: time_server UTC_S [silent|wrong|after FILE]\n", stderr);
        return 2;
    }
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        perror("time_server");
        return 1;
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return serve(fd, (uint32_t)strtoul(argv[1], NULL, 10), how, path);
}
