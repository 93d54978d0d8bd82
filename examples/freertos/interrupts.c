/* SPDX-License-Identifier: Apache-2.0 */
#include "interrupts.h"

#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#define REG(address) (*(volatile uint32_t *)(address))

/* Registers of the processor. */
#define SYST_CSR       REG(0xE000E010u)
#define NVIC_ENABLE    REG(0xE000E100u)
#define VTOR           REG(0xE000ED08u)
#define ICSR           REG(0xE000ED04u)
#define ICSR_NO_TICK   (1u << 25)
#define NVIC_PRIORITY  ((volatile uint8_t *)0xE000E400u)
#define SVC            11
#define PENDSV         14
#define SYSTICK        15
#define EXCEPTIONS     16
#define ETHERNET       13    /* the interrupt's number on Arm's MPS2 */
#define ETHERNET_ABOVE 0x60u /* its priority: below configMAX_SYSCALL_INTERRUPT_PRIORITY */

/* Registers of the LAN9118; examples/firmware/nic_lan9118.c has the others. */
#define LAN         0x40200000u
#define IRQ_CFG     REG(LAN + 0x54)
#define INT_STS     REG(LAN + 0x58)
#define INT_EN      REG(LAN + 0x5C)
#define RX_FIFO_INF REG(LAN + 0x7C)
#define IRQ_ON      0x111u /* on, active high, push-pull */
#define RX_STATUS   (1u << 3)

/* Functions of FreeRTOS's port for the Cortex-M3. */
void vPortSVCHandler(void);
void xPortPendSVHandler(void);
void xPortSysTickHandler(void);
void vApplicationTickHook(void);

typedef void handler(void);

/* The vector table. The processor demands that the table is aligned to its size, rounded up to a
 * power of two. */
static handler *vectors[EXCEPTIONS + ETHERNET + 1] __attribute__((aligned(128)));
static handler *count_tick; /* the handler of SysTick in examples/firmware/cortex_m.c */
static TaskHandle_t frame_task;

/* Count a millisecond for clock_ms(). */
void vApplicationTickHook(void)
{
    count_tick();
}

static void on_frame(void)
{
    BaseType_t must_switch = pdFALSE;

    INT_EN = 0;
    vTaskNotifyGiveFromISR(frame_task, &must_switch);
    portYIELD_FROM_ISR(must_switch);
}

void interrupts_init(void)
{
    const void *table = (const void *)(uintptr_t)VTOR;

    SYST_CSR = 0; /* SysTick stands still until FreeRTOS starts it */
    memcpy(vectors, table, EXCEPTIONS * sizeof(handler *));
    count_tick = vectors[SYSTICK];
    vectors[SVC] = vPortSVCHandler;
    vectors[PENDSV] = xPortPendSVHandler;
    vectors[SYSTICK] = xPortSysTickHandler;
    vectors[EXCEPTIONS + ETHERNET] = on_frame;
    VTOR = (uint32_t)(uintptr_t)vectors;
    ICSR = ICSR_NO_TICK;
}

void interrupts_await_frame(void)
{
    frame_task = xTaskGetCurrentTaskHandle();
    IRQ_CFG = IRQ_ON; /* first, because after its reset the chip's line is active low */
    NVIC_PRIORITY[ETHERNET] = ETHERNET_ABOVE;
    NVIC_ENABLE = 1u << ETHERNET;
    INT_EN = RX_STATUS;
}

/* The chip sets the status when a frame comes. The status is cleared before the FIFO is read, so
 * that a frame that comes after the reading interrupts. */
int interrupts_has_frame(void)
{
    INT_STS = RX_STATUS;
    return (RX_FIFO_INF >> 16 & 0xFFu) != 0;
}
