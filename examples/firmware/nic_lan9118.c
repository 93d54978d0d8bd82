/* SPDX-License-Identifier: Apache-2.0 */
/* Microchip's (SMSC's) LAN9118 on a memory bus, as on Arm's MPS2. It drops frames when its receive
 * FIFO is full (about 10 KB), so TCP's window stays below that. */
#include "nic.h"

#define LAN          0x40200000u
#define REG(offset)  (*(volatile uint32_t *)(LAN + (offset)))
#define RX_DATA      REG(0x00)
#define TX_DATA      REG(0x20)
#define RX_STATUS    REG(0x40)
#define TX_STATUS    REG(0x48)
#define ID_REV       REG(0x50)
#define BYTE_TEST    REG(0x64)
#define RX_CFG       REG(0x6C)
#define TX_CFG       REG(0x70)
#define HW_CFG       REG(0x74)
#define RX_FIFO_INF  REG(0x7C)
#define TX_FIFO_INF  REG(0x80)
#define MAC_CSR_CMD  REG(0xA4)
#define MAC_CSR_DATA REG(0xA8)

#define CSR_BUSY        0x80000000u
#define MAC_CR          1u
#define ADDRH           2u
#define ADDRL           3u
#define MAC_FULL_DUPLEX (1u << 20)
#define MAC_TX_ENABLE   (1u << 3)
#define MAC_RX_ENABLE   (1u << 2)
#define SOFT_RESET      1u
#define HW_MUST_BE_ONE  (1u << 20)
#define HW_TX_FIFO_5K   (5u << 16)
#define RX_OFFSET_2     (2u << 8) /* two bytes in front: the pad that lwIP needs */
#define TX_ON           2u
#define TX_FIRST        (1u << 13)
#define TX_LAST         (1u << 12)
#define RX_ERROR        (1u << 15)
#define CRC             4u

/* Wait until these bits of a register have that value. The wait is limited, as there may be no such
 * chip. */
static int wait_for_bits(volatile uint32_t *reg, uint32_t bits, uint32_t value)
{
    for (unsigned i = 0; i < 100000; i++) {
        if ((*reg & bits) == value) {
            return 0;
        }
    }
    return -1;
}

static int write_csr(uint32_t number, uint32_t value)
{
    MAC_CSR_DATA = value;
    MAC_CSR_CMD = CSR_BUSY | number;
    return wait_for_bits(&MAC_CSR_CMD, CSR_BUSY, 0);
}

int nic_init(const uint8_t mac[6])
{
    if (BYTE_TEST != 0x87654321u || ID_REV >> 16 != 0x0118u) {
        return -1;
    }
    HW_CFG = SOFT_RESET;
    if (wait_for_bits(&HW_CFG, SOFT_RESET, 0) != 0) {
        return -1;
    }
    HW_CFG = HW_MUST_BE_ONE | HW_TX_FIFO_5K;
    RX_CFG = RX_OFFSET_2;
    TX_CFG = TX_ON;
    if (write_csr(ADDRL, (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 |
                             (uint32_t)mac[3] << 24) != 0 ||
        write_csr(ADDRH, (uint32_t)mac[4] | (uint32_t)mac[5] << 8) != 0) {
        return -1;
    }
    return write_csr(MAC_CR, MAC_FULL_DUPLEX | MAC_TX_ENABLE | MAC_RX_ENABLE);
}

struct pbuf *nic_recv(void)
{
    if ((RX_FIFO_INF >> 16 & 0xFFu) == 0) {
        return NULL;
    }
    uint32_t status = RX_STATUS;
    uint32_t size = status >> 16 & 0x3FFFu;
    uint32_t words = (size + ETH_PAD_SIZE + 3) / 4;
    if ((status & RX_ERROR) != 0 || size < CRC) {
        for (; words != 0; words--) {
            (void)RX_DATA;
        }
        return NULL;
    }
    size -= CRC;
    return nic_read_frame(&RX_DATA, size, words - (size + ETH_PAD_SIZE + 3) / 4, NULL);
}

int nic_send(struct pbuf *frame)
{
    uint32_t size = frame->tot_len - ETH_PAD_SIZE;

    while ((TX_FIFO_INF >> 16 & 0xFFu) != 0) {
        (void)TX_STATUS; /* drop the status of earlier frames, as TCP notices losses by itself */
    }
    if ((TX_FIFO_INF & 0xFFFFu) < size + 16) {
        return -1;
    }
    TX_DATA = (uint32_t)ETH_PAD_SIZE << 16 | TX_FIRST | TX_LAST | size;
    TX_DATA = size;
    nic_write_frame(&TX_DATA, frame);
    return 0;
}
