/* SPDX-License-Identifier: MIT */
/* queue.h: where the items of a queue lie (queue_store.c), for queue.c. */
#ifndef ACC_QUEUE_STORE_H
#define ACC_QUEUE_STORE_H

#include "internal.h"

enum store_order { STORE_FIFO, STORE_LIFO, STORE_PRIORITY };

struct store {
    enum store_order order;
    size_t size;   /* of an item, bytes */
    size_t stride; /* between two */
    size_t align;  /* of an item */
    char *block;   /* NULL: none yet */
    char *at;      /* in it, aligned: room for `room` of them */
    size_t room;   /* a power of two, or 0 */
    size_t head;   /* STORE_FIFO: of the first, which wraps around at room */
    size_t count;
    uint64_t seq; /* STORE_PRIORITY: of the next put, decides between equal ones */
    int (*compare)(const void *a, const void *b);
};

void store_init(struct store *s, enum store_order order, size_t size, size_t align,
                int (*compare)(const void *, const void *));
/* 0, ACC_ENOMEM: nothing happened. */
int store_put(struct store *s, const void *item);
/* Takes the one whose turn it is, into item; there is one. */
void store_take(struct store *s, void *item);

#endif
