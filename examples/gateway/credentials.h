/* SPDX-License-Identifier: Apache-2.0 */
/* Where the AccessKey of a connection comes from: a file, which is read again when it changes, or
 * the environment. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "../common/credentials.h"
#include "../common/values.h"
#include "config.h"

struct key_source {
    char path[1001];  /* "": the environment */
    char profile[64]; /* "": the usual one */
    struct file_identity identity;
    int is_missing; /* the file was not there when it was looked at last */
    struct access_key key;
    struct osft_credentials credentials; /* of key, for osft_hosted_options */
    struct credentials_problem problem;  /* why it could not be read last; what "": it could */
};

/* path and profile: NULL: none */
void open_key_source(struct key_source *source, const char *path, const char *profile);
/* Read it now. Returns 0, or -1 with source->problem set; the old key then stays. */
int read_key(struct key_source *source);
/* Read it again where it has changed, or expired is 1. Returns 0 while there is a key to use, or
 * -1. */
int renew_key(struct key_source *source, int expired);
/* Wipes the key. */
void close_key_source(struct key_source *source);

/* The host of an instance. Returns 0, or -1 after reporting what is wrong. config_keys.c */
int read_endpoint(const struct config *config, const char *section, struct endpoint *endpoint);
/* Its proxy as osft_hosted_options takes it. config_keys.c */
const char *read_proxy(const struct config *config, const char *section);

#endif
