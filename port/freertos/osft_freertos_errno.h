/* SPDX-License-Identifier: Apache-2.0 */
/* An errno for each task, for lwIP's sockets and port/lwip. Name this header in lwipopts.h:
 *
 *     #define LWIP_ERRNO_INCLUDE "osft_freertos_errno.h"
 *
 * why:   a C library's errno is often one variable for all tasks, and then a task reads the error
 *        of another one. Picolibc's errno is thread-local, which FreeRTOS does not switch.
 * where: the number is kept in the task's thread-local storage pointer OSFT_FREERTOS_ERRNO_SLOT.
 *        FreeRTOSConfig.h must have that many pointers and one more
 *        (configNUM_THREAD_LOCAL_STORAGE_POINTERS). lwIP itself uses the pointer 0.
 * limit: where this header is included, errno can be read but not assigned: use set_errno().
 */
#ifndef OSFT_FREERTOS_ERRNO_H
#define OSFT_FREERTOS_ERRNO_H

#include <errno.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef OSFT_FREERTOS_ERRNO_SLOT
#define OSFT_FREERTOS_ERRNO_SLOT 1
#endif

/* Return, or set, the error of the running task. */
int osft_freertos_errno(void);
void osft_freertos_set_errno(int error);

#undef errno
#define errno            osft_freertos_errno()
/* lwIP sets errno by this macro. */
#define set_errno(error) osft_freertos_set_errno(error)

#ifdef __cplusplus
}
#endif
#endif
