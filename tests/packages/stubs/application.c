/* SPDX-License-Identifier: Apache-2.0 */
/* An application's file, which is compiled with the limits of the library. */
#include "osft_metrics.h"
#include "osft_proxy.h"
#include "osft_watch.h"

OSFT_STATIC_ASSERT(OSFT_JSON_DEPTH == EXPECTED_JSON_DEPTH, the_application_has_other_limits);
struct osft_client application_client;
