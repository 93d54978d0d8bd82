/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP with an OS and its sockets, for files of the port that are only compiled. The options are
 * not those of a version of ESP-IDF. */
#ifndef STUBS_LWIPOPTS_H
#define STUBS_LWIPOPTS_H

#define NO_SYS               0
#define LWIP_SOCKET          1
#define LWIP_NETCONN         1
#define LWIP_DNS             1
#define LWIP_IPV6            1
#define LWIP_TIMEVAL_PRIVATE 0
#define LWIP_COMPAT_SOCKETS  0

#endif
