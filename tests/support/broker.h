/* SPDX-License-Identifier: Apache-2.0 */
/* A real MQTT broker (mosquitto) on a loopback port, and a peer (mosquitto_sub) that prints the
 * messages that it receives. Both are child processes, which are ended by their process ids. */
#ifndef BROKER_H
#define BROKER_H

#include <sys/types.h>

/* Whether all programs that are needed are installed. */
int broker_is_there(void);

struct broker {
    char folder[64]; /* the broker's own folder, also for certificates and passwords */
    int port;
    pid_t process; /* 0: the broker is not running */
};
/* Make the folder, and find a free port. Returns 0, or -1. */
int broker_make(struct broker *broker);
/* Start the broker, and wait until it accepts connections. more: further lines of its
 * configuration. Returns 0, or -1. */
int broker_start(struct broker *broker, const char *more);
void broker_stop(struct broker *broker);
/* Stop the broker, and remove the folder with all files in it. */
void broker_remove(struct broker *broker);
/* Write a file into the folder, with mode 0600. Returns its path, which is valid until the next
 * call. */
const char *broker_file(const struct broker *broker, const char *name, const char *text);

struct peer {
    pid_t process;
    int fd; /* the output of mosquitto_sub */
    char text[1 << 18];
    size_t len;
};
/* Start a peer that subscribes to all topics, and wait until the broker has acknowledged that.
 * more: further arguments, ended by NULL. Returns 0, or -1. */
int peer_start(struct peer *peer, const struct broker *broker, const char *const *more);
/* Read what the peer has printed. Waits at most wait_ms for it. */
void peer_read(struct peer *peer, int wait_ms);
void peer_stop(struct peer *peer);
/* Return how often the peer has printed the text. */
size_t peer_count(const struct peer *peer, const char *text);

#endif
