/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STUBS_CC_H
#define STUBS_CC_H

#include <errno.h>
#include <sys/time.h>

#define BYTE_ORDER LITTLE_ENDIAN

#endif
