/* SPDX-License-Identifier: Apache-2.0 */
/* The options of lwIP for the tests, which build it in three variants:
 *   LWIP_TEST_SMALL    no OS, IPv4, the pools of a small device, and as few pcbs as suffice
 *   LWIP_TEST_LARGE    no OS, IPv4 and IPv6, a scaled window; each object of lwIP is allocated by
 *                      malloc(), so that the sanitizer finds a use after free and a leak
 *   LWIP_TEST_SOCKETS  threads and sockets
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_IPV4 1
#ifndef LWIP_DNS
#define LWIP_DNS 1
#endif
#define LWIP_RAW                  0
#define LWIP_ARP                  0
#define LWIP_NETIF_LOOPBACK       0
#define LWIP_STATS                1
#define MEM_STATS                 1
#define MEMP_STATS                1
#define MEM_ALIGNMENT             8
#define LWIP_NETIF_TX_SINGLE_PBUF 0
#define IPV6_FRAG_COPYHEADER      1 /* needed where pointers have 64 bits */

#ifdef LWIP_TEST_SMALL
#define LWIP_IPV6         0
#define TCP_MSS           536
#define TCP_SND_BUF       (2 * TCP_MSS)
#define TCP_WND           (4 * TCP_MSS)
#define MEMP_NUM_TCP_PCB  4
#define MEMP_NUM_TCP_SEG  16
#define PBUF_POOL_SIZE    16
#define PBUF_POOL_BUFSIZE 640
#define MEM_SIZE          6000
#endif

#ifdef LWIP_TEST_LARGE
#define LWIP_IPV6                     1
#define LWIP_IPV6_MLD                 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0
#define MEMP_MEM_MALLOC               1
#define MEM_LIBC_MALLOC               1
#define TCP_MSS                       1460
#define LWIP_WND_SCALE                1
#define TCP_RCV_SCALE                 3
#define TCP_WND                       200000
#define TCP_SND_BUF                   100000
#define TCP_SND_QUEUELEN              300
#define MEMP_NUM_TCP_SEG              300
#endif

#ifdef LWIP_TEST_SOCKETS
#define NO_SYS                      0
#define LWIP_IPV6                   1
#define LWIP_SOCKET                 1
#define LWIP_NETCONN                1
#define LWIP_COMPAT_SOCKETS         0
#define LWIP_POSIX_SOCKETS_IO_NAMES 0
#define LWIP_SO_LINGER              1
#define SO_REUSE                    1
#define LWIP_HAVE_LOOPIF            1
#undef LWIP_NETIF_LOOPBACK
#define LWIP_NETIF_LOOPBACK       1
#define MEMP_NUM_NETCONN          64
#define MEMP_NUM_TCP_PCB          64
#define MEMP_NUM_TCP_SEG          512
#define MEMP_NUM_TCPIP_MSG_INPKT  256
#define MEMP_NUM_TCPIP_MSG_API    64
#define MEM_SIZE                  2000000
#define PBUF_POOL_SIZE            512
#define TCP_MSS                   1460
#define TCP_SND_BUF               (8 * TCP_MSS)
#define TCP_WND                   (8 * TCP_MSS)
#define DNS_TABLE_SIZE            8
#define TCPIP_MBOX_SIZE           256
#define DEFAULT_TCP_RECVMBOX_SIZE 64
#define DEFAULT_UDP_RECVMBOX_SIZE 32
#define DEFAULT_ACCEPTMBOX_SIZE   32
#else
#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET          0
#define LWIP_NETCONN         0
#endif

#endif
