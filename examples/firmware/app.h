/* SPDX-License-Identifier: Apache-2.0 */
/* What the device does: watches forever, or, told so by a test's arguments, something that ends. */
#ifndef APP_H
#define APP_H

/* Take up what was, and begin. */
void app_begin(void);
/* One turn; never blocks. 1: turn again at once, 0: nothing to do until something comes or time passes. */
int app_turn(void);

#endif
