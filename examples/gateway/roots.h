/* SPDX-License-Identifier: Apache-2.0 */
/* Parsed root certificates that connections share. Those of a file or folder are loaded once, and
 * freed when the last connection that uses them has been closed. */
#ifndef ROOTS_H
#define ROOTS_H

#include "../common/credentials.h"
#include "osft_null.h"
#include "osft_tls.h"

struct roots {
    struct roots *next;
    size_t users;                  /* connections that use these roots */
    struct osft_null lower;        /* the port below tls; tls opens no connection */
    struct osft_tls tls;           /* holds the roots; see osft_tls_share_ca() */
    struct file_identity identity; /* of the file or folder when it was read */
    char path[];
};

/* Find the roots of a path in *list, or load them into it. path "": the system's. Roots are loaded
 * again when the file has changed; older connections keep the old roots. Returns an osft_error.
 * After OSFT_OK the caller uses *roots, and must call release_roots(). After an error, problem
 * (size bytes) says why in one line. */
int use_roots(struct roots **list, const char *path, struct roots **roots, char *problem,
              size_t size);
/* Remove one user, after the TLS struct that shares the roots was freed. Without users the roots
 * are freed. roots NULL: nothing is done. */
void release_roots(struct roots **list, struct roots *roots);

#endif
