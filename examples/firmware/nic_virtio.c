/* SPDX-License-Identifier: Apache-2.0 */
/* A virtio network device (virtio 1.0, memory-mapped), as on QEMU's machine `virt`. It reads and
 * writes frames in RAM by itself. It has one queue for receiving and one for sending, with a buffer
 * for each descriptor.
 */
#include "nic.h"

/* The machine has eight slots, each for one device. */
#define SLOTS         8u
#define SLOT(number)  (0x10001000u + (number)*0x1000u)
#define REG(offset)   (*(volatile uint32_t *)(slot + (offset)))
#define MAGIC         REG(0x000)
#define VERSION       REG(0x004)
#define DEVICE        REG(0x008)
#define FEATURES      REG(0x020)
#define FEATURES_WORD REG(0x024)
#define QUEUE         REG(0x030) /* selects the queue that the other registers of queues are for */
#define QUEUE_MAX     REG(0x034)
#define QUEUE_SIZE    REG(0x038)
#define QUEUE_READY   REG(0x044)
#define QUEUE_NOTIFY  REG(0x050)
#define STATUS        REG(0x070)
#define QUEUE_TABLE   REG(0x080)
#define QUEUE_OFFERED REG(0x090)
#define QUEUE_USED    REG(0x0A0)

#define MAGIC_VALUE   0x74726976u
#define NETWORK       1u
#define ACKNOWLEDGED  1u
#define DRIVER        2u
#define FEATURES_OK   8u
#define DRIVER_OK     4u
#define FEATURE_V1    1u /* a bit of the second word of features */
#define DEVICE_WRITES 2u
#define NO_INTERRUPTS 1u

enum { RECEIVE, SEND };

#define BUFFERS     4u
#define HEADER_SIZE 12u /* bytes in front of each frame; all are 0 */
#define FRAME_MAX   1514u

struct queue {
    struct {
        uint64_t address;
        uint32_t size;
        uint16_t flags, next;
    } table[BUFFERS];
    struct {
        uint16_t flags;
        volatile uint16_t count; /* how many buffers were offered to the device so far */
        uint16_t buffer[BUFFERS];
    } offered;
    struct {
        uint16_t flags;
        volatile uint16_t count; /* how many buffers the device has given back so far */
        struct {
            uint32_t buffer, size;
        } entry[BUFFERS];
    } used;
    uint16_t seen; /* how many entries of `used` were read */
};

static uintptr_t slot;
static struct queue queues[2] __attribute__((aligned(16)));
static uint8_t buffers[2][BUFFERS][HEADER_SIZE + FRAME_MAX + 2] __attribute__((aligned(4)));
static uint8_t is_sending[BUFFERS];

/* Make the processor and the device see all earlier accesses to RAM before all later ones. */
static void order_memory(void)
{
    __sync_synchronize();
}

/* Set slot to the address of the network device's registers. Returns 0, or -1 when there is none.
 */
static int find_device(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        slot = SLOT(i);
        if (MAGIC == MAGIC_VALUE && VERSION == 2 && DEVICE == NETWORK) {
            return 0;
        }
    }
    return -1;
}

/* Offer a buffer to the device, which fills or sends it. */
static void offer(unsigned number, uint32_t buffer, uint32_t size)
{
    struct queue *queue = &queues[number];

    queue->table[buffer].size = size;
    queue->offered.buffer[queue->offered.count % BUFFERS] = (uint16_t)buffer;
    order_memory();
    queue->offered.count++;
    order_memory();
    QUEUE_NOTIFY = number;
}

/* Give the device the memory of a queue. Returns 0, or -1 when the device has too short queues. */
static int start_queue(unsigned number)
{
    struct queue *queue = &queues[number];

    QUEUE = number;
    if (QUEUE_MAX < BUFFERS) {
        return -1;
    }
    for (unsigned i = 0; i < BUFFERS; i++) {
        queue->table[i].address = (uintptr_t)buffers[number][i];
        queue->table[i].flags = number == RECEIVE ? DEVICE_WRITES : 0;
    }
    queue->offered.flags = NO_INTERRUPTS;
    QUEUE_SIZE = BUFFERS;
    QUEUE_TABLE = (uint32_t)(uintptr_t)queue->table; /* the upper half of addresses is 0 */
    QUEUE_OFFERED = (uint32_t)(uintptr_t)&queue->offered;
    QUEUE_USED = (uint32_t)(uintptr_t)&queue->used;
    QUEUE_READY = 1;
    return 0;
}

/* The address is not used, as the device receives frames for any address until it is told to filter
 * them. */
int nic_init(const uint8_t mac[6])
{
    (void)mac;
    if (find_device() != 0) {
        return -1;
    }
    STATUS = 0;
    STATUS = ACKNOWLEDGED | DRIVER;
    FEATURES_WORD = 0;
    FEATURES = 0;
    FEATURES_WORD = 1;
    FEATURES = FEATURE_V1;
    STATUS = ACKNOWLEDGED | DRIVER | FEATURES_OK;
    if ((STATUS & FEATURES_OK) == 0 || start_queue(RECEIVE) != 0 || start_queue(SEND) != 0) {
        return -1;
    }
    STATUS = ACKNOWLEDGED | DRIVER | FEATURES_OK | DRIVER_OK;
    for (unsigned i = 0; i < BUFFERS; i++) {
        offer(RECEIVE, i, sizeof(buffers[RECEIVE][i]));
    }
    return 0;
}

/* Take a buffer that the device has given back. Returns its number, and its size in *size, or -1
 * when there is none. */
static int take_used(struct queue *queue, uint32_t *size)
{
    uint16_t place = queue->seen % BUFFERS;

    if (queue->seen == queue->used.count) {
        return -1;
    }
    order_memory();
    queue->seen++;
    *size = queue->used.entry[place].size;
    return (int)queue->used.entry[place].buffer;
}

struct pbuf *nic_recv(void)
{
    struct pbuf *frame = NULL;
    uint32_t size;
    int buffer = take_used(&queues[RECEIVE], &size);

    if (buffer < 0) {
        return NULL;
    }
    if (size > HEADER_SIZE && size <= HEADER_SIZE + FRAME_MAX) {
        uint16_t len = (uint16_t)(size - HEADER_SIZE);
        frame = pbuf_alloc(PBUF_RAW, (uint16_t)(len + ETH_PAD_SIZE), PBUF_POOL);
        if (frame != NULL) {
            (void)pbuf_take_at(frame, buffers[RECEIVE][buffer] + HEADER_SIZE, len, ETH_PAD_SIZE);
        }
    }
    offer(RECEIVE, (uint32_t)buffer, sizeof(buffers[RECEIVE][buffer]));
    return frame;
}

int nic_send(struct pbuf *frame)
{
    uint16_t len = (uint16_t)(frame->tot_len - ETH_PAD_SIZE);
    uint32_t free = 0, size;
    int sent;

    while ((sent = take_used(&queues[SEND], &size)) >= 0) {
        is_sending[sent] = 0;
    }
    while (free < BUFFERS && is_sending[free]) {
        free++;
    }
    if (free == BUFFERS || len > FRAME_MAX) {
        return -1;
    }
    is_sending[free] = 1;
    (void)pbuf_copy_partial(frame, buffers[SEND][free] + HEADER_SIZE, len, ETH_PAD_SIZE);
    offer(SEND, free, HEADER_SIZE + len);
    return 0;
}
