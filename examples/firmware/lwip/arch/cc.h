/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's own defaults fit GCC on a little-endian processor of 32 bits; see lwipopts.h for what is
 * chosen. */
#ifndef FIRMWARE_ARCH_CC_H
#define FIRMWARE_ARCH_CC_H

#define BYTE_ORDER         LITTLE_ENDIAN
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_CTYPE_H    1
#define LWIP_NO_UNISTD_H   1

#endif
