/* SPDX-License-Identifier: Apache-2.0 */
/* TEST-ONLY: the jobs in which two tasks use the client or mbedTLS at the same time. */
#include "jobs.h"

#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "lwip/errno.h"
#include "lwip/sockets.h"
#include "mbedtls/ecdh.h"

#include "../firmware/board.h"
#include "../firmware/log.h"
#include "net.h"
#include "osft_freertos.h"
#include "osft_tls_arena.h"
#include "program.h"

#define LISTS        3
#define ROUNDS_AGAIN 10
#define CALL_MS      300000
#define PAGE_SIZE    20
#define KEY_BYTES    32
#define NO_SOCKET    99 /* a number that no socket has */

/* The two tasks: the one that runs the job, and a second one, which the job starts. */
static struct {
    TaskHandle_t first, second;
    int (*work)(void); /* of the second task */
    volatile int result;
} pair;

/* --- A client in each task -------------------------------------------------------------------- */
static struct service_client second_service;
static volatile uint32_t calls_under_way, calls_at_once;

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    uint32_t *count = ctx;

    (void)omission;
    *count += task != NULL;
    if (calls_under_way > calls_at_once) {
        calls_at_once = calls_under_way;
    }
    return 0;
}

static void count_call(int32_t change)
{
    taskENTER_CRITICAL();
    calls_under_way += (uint32_t)change;
    taskEXIT_CRITICAL();
}

/* Make the lists, each over a connection of its own. */
static int make_lists(struct service_client *c)
{
    for (unsigned i = 0; i < LISTS; i++) {
        uint32_t count = 0;
        struct osft_page page = { .on_task = on_task, .on_task_ctx = &count };
        int result;

        count_call(1);
        result = osft_list(&c->client, &c->product.query, &page, CALL_MS);
        count_call(-1);
        osft_close(&c->client);
        if (result != OSFT_OK) {
            return -result;
        }
        if (count != PAGE_SIZE || (i != 0 && !c->tls.resumed)) {
            return WRONG_TASKS;
        }
    }
    return 0;
}

static int work_as_client(void)
{
    int result = service_client_init(&second_service);

    second_service.product.query.page_size = PAGE_SIZE;
    return result != OSFT_OK ? -result : make_lists(&second_service);
}

static void second_task(void *arg)
{
    (void)arg;
    net_wait_for_address();
    pair.result = pair.work();
    (void)xTaskNotifyGive(pair.first);
    vTaskSuspend(NULL);
}

static void start_second(int (*work)(void))
{
    pair.first = xTaskGetCurrentTaskHandle();
    pair.work = work;
    configASSERT(xTaskCreate(second_task, "second", CLIENT_STACK_WORDS, NULL, CLIENT_PRIORITY,
                             &pair.second) == pdPASS);
}

/* Wait until the second task has ended its work. */
static int join_second(void)
{
    (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    return pair.result;
}

int jobs_two(struct service_client *c)
{
    int first, second;

    start_second(work_as_client);
    first = make_lists(c);
    second = join_second();
    log_line("two: first ", first);
    log_line("two: second ", second);
    log_line("two: calls at once ", (int32_t)calls_at_once);
    return first != 0 ? first : second;
}

/* --- One connection after the other ----------------------------------------------------------- */
int jobs_again(struct service_client *c)
{
    int status = make_lists(c);
    size_t heap = xPortGetFreeHeapSize(), arena = osft_tls_arena_used();

    for (unsigned i = 0; i < ROUNDS_AGAIN && status == 0; i++) {
        status = make_lists(c);
    }
    if (xPortGetFreeHeapSize() != heap || osft_tls_arena_used() != arena) {
        log_say("again: memory is missing");
        return FAILED_JOB;
    }
    return status;
}

/* --- An errno of each task's own -------------------------------------------------------------- */
static int fail_with_ebadf(void)
{
    return lwip_close(NO_SOCKET) < 0 && errno == EBADF ? 0 : FAILED_JOB;
}

int jobs_errno(struct service_client *c)
{
    int second;

    (void)c;
    if (lwip_fcntl(NO_SOCKET, F_GETFL, 0) >= 0 || errno != EBADF ||
        lwip_inet_pton(NO_SOCKET, "", NULL) >= 0 || errno != EAFNOSUPPORT) {
        return FAILED_JOB;
    }
    start_second(fail_with_ebadf);
    second = join_second();
    log_line("errno: ", errno);
    return second != 0 || errno != EAFNOSUPPORT ? FAILED_JOB : 0;
}

/* --- A key for each task ---------------------------------------------------------------------- */
struct source {
    unsigned char byte;  /* each byte of the key */
    unsigned draws;      /* how often numbers were drawn so far */
    int lets_other_draw; /* 1: the first number is no key, and the other task draws in between */
};

static int draw_bytes(void *ctx, unsigned char *buffer, size_t len)
{
    struct source *source = ctx;
    int is_first = source->draws++ == 0 && source->lets_other_draw;

    memset(buffer, is_first ? 0xFF : source->byte, len);
    return is_first ? join_second() : 0;
}

static int draw_key(struct source *source)
{
    unsigned char key[KEY_BYTES] = { 0 };
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi secret;
    int result;

    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&secret);
    result = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (result == 0) {
        result = mbedtls_ecdh_gen_public(&group, &secret, &point, draw_bytes, source);
    }
    if (result == 0) {
        result = mbedtls_mpi_write_binary(&secret, key, sizeof(key));
    }
    mbedtls_mpi_free(&secret);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return result == 0 && key[0] == source->byte && key[KEY_BYTES - 1] == source->byte ? 0
                                                                                       : FAILED_JOB;
}

static int draw_second_key(void)
{
    struct source source = { 0x22, 0, 0 };
    return draw_key(&source);
}

int jobs_keys(struct service_client *c)
{
    struct source source = { 0x11, 0, 1 };

    (void)c;
    start_second(draw_second_key);
    return draw_key(&source);
}

/* --- One random source for all tasks ---------------------------------------------------------- */
#define DRAWS 20
static volatile uint32_t draws_under_way, draws_at_once;

/* A slow source, as a hardware generator may be. */
static int draw_slowly(void *ctx, unsigned char *buffer, size_t len)
{
    (void)ctx;
    draws_under_way++;
    if (draws_under_way > draws_at_once) {
        draws_at_once = draws_under_way;
    }
    vTaskDelay(1);
    draws_under_way--;
    return board_entropy(NULL, buffer, len);
}

static int draw_often(void)
{
    unsigned char byte;

    for (unsigned i = 0; i < DRAWS; i++) {
        if (osft_freertos_random(NULL, &byte, 1) != 0) {
            return FAILED_JOB;
        }
    }
    return 0;
}

int jobs_random(struct service_client *c)
{
    int first, second;

    (void)c;
    if (osft_freertos_init(draw_slowly, NULL) != 0) { /* in place of the random source of main() */
        return FAILED_JOB;
    }
    start_second(draw_often);
    first = draw_often();
    second = join_second();
    return first != 0 || second != 0 || draws_at_once != 1 ? FAILED_JOB : 0;
}

/* --- Memory of mbedTLS for each task ---------------------------------------------------------- */
#define BLOCKS 8
#define ROUNDS 20000

/* Allocate and free blocks, and check that the other task does not write into them. */
static int use_memory(unsigned char byte)
{
    static const uint8_t sizes[BLOCKS] = { 8, 120, 32, 200, 12, 64, 28, 90 };
    unsigned char *blocks[BLOCKS] = { NULL };
    int status = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned at = i % BLOCKS;
        size_t last = sizes[at] - 1u;

        if (blocks[at] != NULL && (blocks[at][0] != byte || blocks[at][last] != byte)) {
            status = FAILED_JOB;
        }
        osft_freertos_free(blocks[at]);
        blocks[at] = osft_freertos_calloc(1, sizes[at]);
        if (blocks[at] == NULL) {
            return FAILED_JOB;
        }
        memset(blocks[at], byte, sizes[at]);
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        osft_freertos_free(blocks[i]);
    }
    return status;
}

static int use_memory_as_second(void)
{
    return use_memory(0x22);
}

int jobs_memory(struct service_client *c)
{
    size_t used = osft_tls_arena_used();
    int first, second;

    (void)c;
    start_second(use_memory_as_second);
    first = use_memory(0x11);
    second = join_second();
    return first != 0 || second != 0 || osft_tls_arena_used() != used ? FAILED_JOB : 0;
}
