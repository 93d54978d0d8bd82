/* SPDX-License-Identifier: Apache-2.0 */
/* A real MQTT broker (mosquitto) on a loopback port, and a peer (mosquitto_sub) that prints what it
 * receives. Both are child processes, which end by their id. */
#ifndef BROKER_H
#define BROKER_H

#include <sys/types.h>

/* 1: both programs are installed. */
int broker_is_there(void);

struct broker {
    char folder[64]; /* of its own, for certificates and passwords, too */
    int port;
    pid_t process; /* 0: it does not run */
};
/* Makes the folder, and finds a free port. Returns 0, or -1. */
int broker_make(struct broker *broker);
/* Starts it, with more lines for its configuration, and waits until it accepts connections. Returns
 * 0, or -1. */
int broker_start(struct broker *broker, const char *more);
void broker_stop(struct broker *broker);
/* Stops it, and removes the folder with all in it. */
void broker_remove(struct broker *broker);
/* Writes a file into the folder, with mode 0600. Its path: until the next call. */
const char *broker_file(const struct broker *broker, const char *name, const char *text);

struct peer {
    pid_t process;
    int fd; /* what it prints */
    char text[1 << 18];
    size_t len;
};
/* Subscribes to all topics, and waits until that has been acknowledged. more: further arguments,
 * ended by NULL. Returns 0, or -1. */
int peer_start(struct peer *peer, const struct broker *broker, const char *const *more);
/* Reads what there is, for at most that time. */
void peer_read(struct peer *peer, int wait_ms);
void peer_stop(struct peer *peer);
/* How often it has printed the text. */
size_t peer_count(const struct peer *peer, const char *text);

#endif
