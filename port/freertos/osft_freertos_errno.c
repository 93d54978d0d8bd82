/* SPDX-License-Identifier: Apache-2.0 */
#include "osft_freertos_errno.h"

#include <FreeRTOS.h>
#include <stdint.h>
#include <task.h>

typedef char osft_freertos_has_no_pointer_for_errno
    [configNUM_THREAD_LOCAL_STORAGE_POINTERS > OSFT_FREERTOS_ERRNO_SLOT ? 1 : -1];

int osft_freertos_errno(void)
{
    return (int)(intptr_t)pvTaskGetThreadLocalStoragePointer(NULL, OSFT_FREERTOS_ERRNO_SLOT);
}

/* As in lwIP, 0 is no error and changes nothing. */
void osft_freertos_set_errno(int error)
{
    if (error != 0) {
        vTaskSetThreadLocalStoragePointer(NULL, OSFT_FREERTOS_ERRNO_SLOT,
                                          (void *)(intptr_t)error); /* not an address */
    }
}
