/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include <FreeRTOS.h>
#include <task.h>

#include "lwip/api.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/netif.h"
#include "lwip/tcpip.h"

#include "../firmware/board.h"
#include "../firmware/ethernet.h"
#include "../firmware/log.h"
#include "interrupts.h"
#include "osft_freertos.h"
#include "program.h"

#define STACK_WORDS 384

static struct netif ethernet;
uint16_t net_dns_port = 53;

uint32_t net_random(void)
{
    uint32_t number = 0;
    if (osft_freertos_random(NULL, &number, sizeof(number)) != 0) {
        log_say("no entropy");
        board_end(NO_ENTROPY);
    }
    return number;
}

/* Receive frames, and give them to lwIP's thread (ethernet.input is tcpip_input()). Between frames
 * the task sleeps until the chip interrupts. */
static void receive_frames(void *arg)
{
    (void)arg;
    for (;;) {
        while (interrupts_has_frame()) {
            (void)ethernet_poll(&ethernet);
        }
        interrupts_await_frame();
        (void)ulTaskNotifyTake(pdTRUE, ethernet_holds_frame() ? pdMS_TO_TICKS(ETHERNET_HELD_MS)
                                                              : portMAX_DELAY);
        (void)ethernet_poll(&ethernet);
    }
}

/* Use the name server in the settings, if there is one, instead of the name server of DHCP. lwIP
 * calls this function each time that DHCP has set the address. */
static void set_name_server(struct netif *netif)
{
    ip_addr_t server;

    (void)netif;
    if (ethernet_get_server("dns", &server, &net_dns_port)) {
        dns_setserver(0, &server);
    }
}

/* Runs in lwIP's thread. */
static void start_ethernet(void *arg)
{
    (void)arg;
    if (netif_add(&ethernet, NULL, NULL, NULL, NULL, ethernet_init, tcpip_input) == NULL) {
        log_say("net: no driver");
        board_end(NO_NETWORK);
    }
    netif_set_status_callback(&ethernet, set_name_server);
    netif_set_default(&ethernet);
    netif_set_up(&ethernet);
    if (dhcp_start(&ethernet) != ERR_OK ||
        xTaskCreate(receive_frames, "frames", STACK_WORDS, NULL, NET_PRIORITY, NULL) != pdPASS) {
        board_end(NO_NETWORK);
    }
}

void net_start(const char *args)
{
    ethernet_set_faults(args);
    tcpip_init(start_ethernet, NULL);
}

void net_wait_for_address(void)
{
    netconn_thread_init();
    while (ip4_addr_isany_val(*netif_ip4_addr(&ethernet))) {
        vTaskDelay(pdMS_TO_TICKS(10));
    }
}

void net_log(void)
{
    ethernet_log(&ethernet);
}
