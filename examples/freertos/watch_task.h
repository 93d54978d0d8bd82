/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WATCH_TASK_H
#define WATCH_TASK_H

/* A task with a stack of CLIENT_STACK_WORDS (service_client.h): watch the runs that the settings of
 * the product name, for ever. */
void watch_task(void *arg);

#endif
