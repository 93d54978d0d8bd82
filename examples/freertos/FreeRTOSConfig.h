/* SPDX-License-Identifier: Apache-2.0 */
/* The options of FreeRTOS for a Cortex-M3 with lwIP. lwIP and port/freertos need the second part.
 * The first part is for this program; put your own options in its place. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdint.h>

#define configCPU_CLOCK_HZ                  25000000 /* as board_hz */
#define configTICK_RATE_HZ                  1000
#define configUSE_PREEMPTION                1
#define configUSE_IDLE_HOOK                 1 /* sleeps until an interrupt */
#define configUSE_TICK_HOOK                 1 /* for clock_ms() */
#define configMAX_PRIORITIES                5
#define configMINIMAL_STACK_SIZE            128 /* words */
#define configMAX_TASK_NAME_LEN             8
#define configTOTAL_HEAP_SIZE               40960 /* the stacks of all tasks, and lwIP's queues */
#define configUSE_MALLOC_FAILED_HOOK        1
#define configCHECK_FOR_STACK_OVERFLOW      2
#define INCLUDE_vTaskDelayUntil             1
#define INCLUDE_uxTaskGetStackHighWaterMark 1

/* The priorities of interrupts, for parts with three bits of them or more. Interrupts that call
 * FreeRTOS have a number that is not smaller than configMAX_SYSCALL_INTERRUPT_PRIORITY. */
#define configKERNEL_INTERRUPT_PRIORITY      0xE0
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x40

void main_on_assert(const char *file, int line);
#define configASSERT(condition)                 \
    do {                                        \
        if (!(condition)) {                     \
            main_on_assert(__FILE__, __LINE__); \
        }                                       \
    } while (0)

/* --- What lwIP's contrib/ports/freertos needs ------------------------------------------------- */
#define configUSE_16_BIT_TICKS                  0
#define configUSE_MUTEXES                       1
#define configUSE_RECURSIVE_MUTEXES             1
#define configSUPPORT_DYNAMIC_ALLOCATION        1
#define configENABLE_BACKWARD_COMPATIBILITY     1 /* for the name portTICK_RATE_MS */
#define INCLUDE_vTaskDelay                      1
#define INCLUDE_vTaskSuspend                    1
#define INCLUDE_xTaskGetCurrentTaskHandle       1
/* One pointer for lwIP's semaphore of each task, one for errno (port/freertos). */
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 2
/* FreeRTOS V9 has no name for the type of a stack's size, which lwIP 2.2 uses. */
#define configSTACK_DEPTH_TYPE                  uint16_t

#endif
