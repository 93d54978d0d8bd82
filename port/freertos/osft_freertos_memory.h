/* SPDX-License-Identifier: Apache-2.0 */
/* The functions by which mbedTLS allocates; see osft_freertos_mbedtls.h. */
#ifndef OSFT_FREERTOS_MEMORY_H
#define OSFT_FREERTOS_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Allocate `count` zeroed objects of `size` bytes from the arena (NULL: there is no room), and free
 * a block (NULL: nothing happens). A task waits while another task is in one of the two. */
void *osft_freertos_calloc(size_t count, size_t size);
void osft_freertos_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
