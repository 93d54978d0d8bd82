/* SPDX-License-Identifier: Apache-2.0 */
#include "roots.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "osft_hosted.h"

static void free_roots(struct roots *roots)
{
    osft_tls_free(&roots->tls);
    free(roots);
}

/* Load the roots of a path into a new struct, with users 0. Returns OSFT_OK, or an osft_error with
 * the reason in problem. */
static int load_roots(struct roots **loaded, const char *path, char *problem, size_t size)
{
    struct roots *roots = calloc(1, sizeof(*roots) + strlen(path) + 1);
    const char *reason = NULL;
    int result;

    if (roots == NULL) {
        (void)snprintf(problem, size, "there is no memory for root certificates");
        return OSFT_E_TLS;
    }
    memcpy(roots->path, path, strlen(path) + 1);
    (void)get_file_identity(path, &roots->identity); /* before the file is read */
    osft_null_init(&roots->lower);
    result = osft_tls_init(&roots->tls, &roots->lower.port, NULL, NULL);
    if (result != OSFT_OK) {
        (void)snprintf(problem, size, "TLS cannot start: %s", osft_strerror(result));
    } else {
        result = osft_hosted_load_roots(&roots->tls, path, &reason);
    }
    if (reason != NULL) {
        (void)snprintf(problem, size, "there are no root certificates at %s: %s", path, reason);
    }
    if (result != OSFT_OK) {
        free_roots(roots);
        return result;
    }
    *loaded = roots;
    return OSFT_OK;
}

/* Find roots that were loaded from this path, if the file or folder has not changed since. */
static struct roots *find_loaded_roots(struct roots *list, const char *path)
{
    struct file_identity identity;

    if (get_file_identity(path, &identity) != 0) {
        return NULL;
    }
    while (list != NULL &&
           (strcmp(list->path, path) != 0 || !is_same_file(&list->identity, &identity))) {
        list = list->next;
    }
    return list;
}

int use_roots(struct roots **list, const char *path, struct roots **roots, char *problem,
              size_t size)
{
    struct roots *found;

    path = *path != 0 ? path : osft_hosted_find_roots();
    found = find_loaded_roots(*list, path);
    if (found == NULL) {
        int result = load_roots(&found, path, problem, size);

        if (result != OSFT_OK) {
            return result;
        }
        found->next = *list;
        *list = found;
    }
    found->users++;
    *roots = found;
    return OSFT_OK;
}

void release_roots(struct roots **list, struct roots *roots)
{
    if (roots == NULL || --roots->users > 0) {
        return;
    }
    while (*list != roots) {
        list = &(*list)->next;
    }
    *list = roots->next;
    free_roots(roots);
}
