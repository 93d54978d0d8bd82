/* SPDX-License-Identifier: Apache-2.0 */
#include "omission.h"

int is_only_omission(int error, const struct osft_reply *reply)
{
    return error == OSFT_E_BAD_TASK || (error == OSFT_E_SPACE && reply->left_out > 0);
}

int is_only_omission_of_poll(int error, const struct osft_reply *reply, int has_large_task)
{
    return error == OSFT_E_BAD_TASK ||
           (error == OSFT_E_SPACE && has_large_task && reply->http_status != 0);
}
