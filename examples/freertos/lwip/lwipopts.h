/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP 2.2 for two TLS connections, with FreeRTOS: its thread, and sockets in other tasks. */
#ifndef FREERTOS_LWIPOPTS_H
#define FREERTOS_LWIPOPTS_H

#include <stdint.h>

/* --- With an OS ------------------------------------------------------------------------------- */
#define NO_SYS                      0
#define SYS_LIGHTWEIGHT_PROT        1
#define LWIP_TCPIP_CORE_LOCKING     1
#define LWIP_SOCKET                 1
#define LWIP_NETCONN                1
#define LWIP_COMPAT_SOCKETS         0 /* defines no macros such as poll() for lwip_poll() */
#define LWIP_POSIX_SOCKETS_IO_NAMES 0
/* Each task has a semaphore to sleep on, so no wait allocates one. Each task that uses sockets
 * calls netconn_thread_init() first. */
#define LWIP_NETCONN_SEM_PER_THREAD 1
#define LWIP_ERRNO_INCLUDE          "osft_freertos_errno.h"
#define TCPIP_THREAD_NAME           "lwip"
#define TCPIP_THREAD_STACKSIZE      3072 /* bytes */
#define TCPIP_THREAD_PRIO           3
#define TCPIP_MBOX_SIZE             16
#define DEFAULT_TCP_RECVMBOX_SIZE   8
#define DEFAULT_UDP_RECVMBOX_SIZE   4
#define DEFAULT_ACCEPTMBOX_SIZE     1

/* A call of lwIP from a task that does not hold the lock ends the program. */
#define LWIP_FREERTOS_CHECK_CORE_LOCKING 1
void sys_check_core_locking(void);
void sys_mark_tcpip_thread(void);
void sys_lock_tcpip_core(void);
void sys_unlock_tcpip_core(void);
#define LWIP_ASSERT_CORE_LOCKED() sys_check_core_locking()
#define LWIP_MARK_TCPIP_THREAD()  sys_mark_tcpip_thread()
#define LOCK_TCPIP_CORE()         sys_lock_tcpip_core()
#define UNLOCK_TCPIP_CORE()       sys_unlock_tcpip_core()

/* --- Memory: static pools, and a heap of lwIP's own for what is sent -------------------------- */
#define MEM_ALIGNMENT            4
#define MEM_SIZE                 8192
#define PBUF_POOL_SIZE           24
#define PBUF_POOL_BUFSIZE        592 /* a frame with a segment of 536 bytes */
#define MEMP_NUM_NETCONN         4
#define MEMP_NUM_TCP_PCB         4 /* one for each connection, and one that is being closed */
#define MEMP_NUM_TCP_PCB_LISTEN  1
#define MEMP_NUM_TCP_SEG         16
#define MEMP_NUM_TCPIP_MSG_INPKT 16
#define MEMP_NUM_UDP_PCB         3 /* DHCP, DNS, and one that is free */

/* --- Ethernet and IP -------------------------------------------------------------------------- */
#define LWIP_IPV4                  1
#define LWIP_IPV6                  0
#define ETH_PAD_SIZE               2 /* aligns the rest of a frame, and suits the chip's FIFO */
#define LWIP_ICMP                  1
#define LWIP_RAW                   0
#define IP_REASSEMBLY              0
#define IP_FRAG                    0
#define LWIP_STATS                 0
#define LWIP_DHCP                  1
#define LWIP_DHCP_DOES_ACD_CHECK   0
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_DNS                   1
/* The name server of a test listens on a port of its own. */
extern uint16_t net_dns_port;
#define DNS_SERVER_PORT net_dns_port

/* --- TCP: both windows together are less than the chip's FIFO --------------------------------- */
#define TCP_MSS          536
#define TCP_WND          (6 * TCP_MSS)
#define TCP_SND_BUF      (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 8

/* Random numbers that nobody must be able to guess: TCP's first sequence numbers, ports, and
 * identifiers of DNS and DHCP. */
uint32_t net_random(void);
#define LWIP_RAND()                                                     net_random()
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) net_random()

/* A failed assertion ends the program; lwIP prints nothing else. */
void main_on_assert(const char *file, int line);
#define LWIP_PLATFORM_DIAG(x)      ((void)0)
#define LWIP_PLATFORM_ASSERT(text) main_on_assert(text, __LINE__)

#endif
