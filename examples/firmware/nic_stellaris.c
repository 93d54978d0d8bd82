/* SPDX-License-Identifier: Apache-2.0 */
/* The Ethernet controller of TI's Stellaris LM3S6965: a FIFO of 2 KB each way. In either FIFO, two
 * bytes with the length of the frame come before each frame. They are the pad that lwIP needs. */
#include "nic.h"

#define ETH         0x40048000u
#define REG(offset) (*(volatile uint32_t *)(ETH + (offset)))
#define MACRIS      REG(0x00)
#define MACIM       REG(0x04)
#define MACRCTL     REG(0x08)
#define MACTCTL     REG(0x0C)
#define MACDATA     REG(0x10)
#define MACIA0      REG(0x14)
#define MACIA1      REG(0x18)
#define MACTHR      REG(0x1C)
#define MACMDV      REG(0x24)
#define MACNP       REG(0x34)
#define MACTR       REG(0x38)

#define RX_ENABLE         1u
#define RX_MULTICAST      2u
#define RX_REJECT_BAD_CRC 8u
#define RX_RESET          16u
#define TX_ENABLE         1u
#define TX_PAD            2u
#define TX_CRC            4u
#define TX_DUPLEX         16u
#define TX_BUSY           1u

#define HEADER 14u /* bytes of a frame that the written length does not count */
#define CRC    4u
#define LENGTH 2u

int nic_init(const uint8_t mac[6])
{
    MACIM = 0;
    MACRCTL = RX_RESET;
    MACRIS = 0x7F;
    MACMDV = 9; /* management clock: 50 MHz / 2 / (9 + 1), at most 2.5 MHz */
    MACIA0 =
        (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 | (uint32_t)mac[3] << 24;
    MACIA1 = (uint32_t)mac[4] | (uint32_t)mac[5] << 8;
    MACTHR = 0x3F; /* a frame is sent when all of it is written */
    MACTCTL = TX_DUPLEX | TX_CRC | TX_PAD | TX_ENABLE;
    MACRCTL = RX_REJECT_BAD_CRC | RX_ENABLE;
    return (MACIA1 & 0xFFFFu) == ((uint32_t)mac[4] | (uint32_t)mac[5] << 8) ? 0 : -1;
}

struct pbuf *nic_recv(void)
{
    if ((MACNP & 0x3Fu) == 0) {
        return NULL;
    }
    /* The first word holds the length and the frame's first two bytes. */
    uint32_t first = MACDATA, total = first & 0xFFFFu;
    if (total < LENGTH + HEADER + CRC) {
        MACRCTL |= RX_RESET;
        return NULL;
    }
    uint32_t size = total - LENGTH - CRC;
    return nic_read_frame(&MACDATA, size, (total + 3) / 4 - (size + LENGTH + 3) / 4, &first);
}

int nic_send(struct pbuf *frame)
{
    if ((MACTR & TX_BUSY) != 0) {
        return -1;
    }
    uint32_t size = frame->tot_len - LENGTH - HEADER;
    uint8_t *pad = frame->payload;
    pad[0] = (uint8_t)size;
    pad[1] = (uint8_t)(size >> 8);
    nic_write_frame(&MACDATA, frame);
    MACTR = TX_BUSY;
    return 0;
}
