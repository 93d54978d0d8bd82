/* SPDX-License-Identifier: Apache-2.0 */
/* The source of a connection's AccessKey: a file, which is read again when it changes, or the
 * environment. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "../common/credentials.h"
#include "../common/values.h"
#include "config.h"

struct key_source {
    char path[1001];  /* "": the environment */
    char profile[64]; /* "": the default profile */
    struct file_identity identity;
    int is_missing; /* 1: the file did not exist when it was read last */
    struct access_key key;
    struct osft_credentials credentials; /* the texts of key, for osft_hosted_options */
    struct credentials_problem problem;  /* of the last read; with what "": no failure */
};

/* Initialize a source, without reading it. path NULL: the environment; profile NULL: the default
 * profile. */
void open_key_source(struct key_source *source, const char *path, const char *profile);
/* Read the key now. Returns 0, or -1 with source->problem set; the old key is then kept. */
int read_key(struct key_source *source);
/* Read the key again when its file has changed. Returns 0 while there is a key to use, or -1.
 * expired 1: the service has refused the key, so only a changed key can be used. */
int renew_key(struct key_source *source, int expired);
/* Wipe the key. */
void close_key_source(struct key_source *source);

/* Read the host of an instance. Returns 0, or -1 after reporting what is wrong. config_keys.c */
int read_endpoint(const struct config *config, const char *section, struct endpoint *endpoint);
/* Return the proxy of an instance in the form of osft_hosted_options.proxy. config_keys.c */
const char *read_proxy(const struct config *config, const char *section);

#endif
