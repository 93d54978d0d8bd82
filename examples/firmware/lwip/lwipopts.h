/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP 2.2 for one TLS connection, without an OS, in about 5 KB of RAM. -DFIRMWARE_LEAN: a static
 * address, no DNS, no SNTP, no answer to a ping.
 */
#ifndef FIRMWARE_LWIPOPTS_H
#define FIRMWARE_LWIPOPTS_H

#include <stdint.h>

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0 /* no interrupt enters lwIP */
#define LWIP_SOCKET          0
#define LWIP_NETCONN         0
#define LWIP_STATS           0
#define LWIP_IPV4            1
#define LWIP_IPV6            0
#define LWIP_SINGLE_NETIF    1

/* Memory: static pools, and a heap of lwIP's own (an array) for what is sent. No malloc. */
#define MEM_LIBC_MALLOC         0
#define MEMP_MEM_MALLOC         0
#define MEM_ALIGNMENT           4
#define MEM_SIZE                1200
#define PBUF_POOL_SIZE          6
#define PBUF_POOL_BUFSIZE       296 /* a segment takes two: 2 + 14 + 40 + 536 bytes with headers */
#define MEMP_NUM_PBUF           4
#define MEMP_NUM_TCP_PCB        2 /* the connection, and one that is being closed */
#define MEMP_NUM_TCP_PCB_LISTEN 0
#define MEMP_NUM_TCP_SEG        6
#define MEMP_NUM_REASSDATA      0
#define MEMP_NUM_FRAG_PBUF      0

/* Ethernet: two bytes in front of each frame, which align the rest and suit both chips' FIFOs. */
#define LWIP_ARP                      1
#define LWIP_ETHERNET                 1
#define ETH_PAD_SIZE                  2
#define ARP_TABLE_SIZE                3
#define ARP_QUEUEING                  0
#define ETHARP_SUPPORT_STATIC_ENTRIES 0
#define LWIP_NETIF_STATUS_CALLBACK    0
#define LWIP_NETIF_HOSTNAME           0
#define LWIP_CHECKSUM_CTRL_PER_NETIF  0

#define IP_REASSEMBLY      0
#define IP_FRAG            0
#define IP_FORWARD         0
#define IP_OPTIONS_ALLOWED 0
#define LWIP_RAW           0
#define LWIP_IGMP          0

/* TCP: a window of two small segments, which is smaller than the FIFO of any chip here. A larger
 * window would not help, as the device decrypts only 16 KB in a tenth of a second. */
#define LWIP_TCP                   1
#define TCP_MSS                    536
#define TCP_WND                    (2 * TCP_MSS)
#define TCP_SND_BUF                (2 * TCP_MSS)
#define TCP_SND_QUEUELEN           6
#define TCP_QUEUE_OOSEQ            0 /* segments out of order are dropped, and sent again */
#define TCP_LISTEN_BACKLOG         0
#define LWIP_TCP_TIMESTAMPS        0
#define LWIP_WND_SCALE             0
#define TCP_OVERSIZE               0
#define LWIP_CALLBACK_API          1
#define LWIP_TCP_KEEPALIVE         0
#define TCP_CALCULATE_EFF_SEND_MSS 0 /* no network has frames smaller than TCP_MSS */
#define LWIP_CHKSUM_ALGORITHM      1

#ifndef FIRMWARE_LEAN
#define LWIP_UDP                  1
#define LWIP_ICMP                 1
#define LWIP_DHCP                 1
#define LWIP_DHCP_DOES_ACD_CHECK  0
#define LWIP_DHCP_MAX_DNS_SERVERS 1
#define LWIP_DNS                  1
#define DNS_TABLE_SIZE            1
#define DNS_MAX_NAME_LENGTH       64
#define DNS_MAX_SERVERS           1
#define DNS_MAX_RETRIES           4
#define MEMP_NUM_UDP_PCB          3 /* DHCP, DNS, SNTP */
/* A test's name server must not use port 53. */
extern uint16_t net_dns_port;
#define DNS_SERVER_PORT net_dns_port

/* SNTP, where the settings name a server. Nothing authenticates an answer, but it must come from
 * the address and port that were asked, and carry the 64 random bits that the request has instead
 * of the time. */
#define FIRMWARE_SNTP                    1
#define SNTP_MAX_SERVERS                 1
#define SNTP_SERVER_DNS                  0
#define SNTP_MONITOR_SERVER_REACHABILITY 0
#define SNTP_STARTUP_DELAY               0
#define SNTP_CHECK_RESPONSE              2
#define SNTP_COMP_ROUNDTRIP              0 /* the date of a request may be a second off */
#define SNTP_GET_SYSTEM_TIME_NTP(s, f) \
    do {                               \
        (s) = (s32_t)net_random();     \
        (f) = net_random();            \
    } while (0)
void sntp_time_take(uint32_t utc_s);
#define SNTP_SET_SYSTEM_TIME(utc_s) sntp_time_take(utc_s)
extern uint16_t net_sntp_port;
#define SNTP_PORT net_sntp_port
#define MEMP_NUM_SYS_TIMEOUT \
    (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 2) /* of SNTP: next request, and answer */
#else
#define FIRMWARE_SNTP 0
#define LWIP_UDP      0
#define LWIP_ICMP     0
#define LWIP_DHCP     0
#define LWIP_DNS      0
#endif

/* Random numbers that nobody must be able to guess: TCP's first sequence numbers, ports, and
 * identifiers of DNS and DHCP. */
uint32_t net_random(void);
#define LWIP_RAND()                                                     net_random()
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) net_random()

/* lwIP's assertions are left out, and lwIP prints nothing. */
#define LWIP_NOASSERT           1
#define LWIP_PLATFORM_DIAG(x)   ((void)0)
#define LWIP_PLATFORM_ASSERT(x) ((void)0)

#endif
