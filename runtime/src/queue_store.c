/* SPDX-License-Identifier: MIT */
/* queue_store.c: the items of a queue, in one block that doubles: a ring, a stack, or a binary heap.
 *
 * An entry of the heap is the item and, behind it, its number; of two equal items the smaller
 * number comes first, so the order is total and the heap is stable. */
#include "queue.h"

enum {
    ROOM_FIRST = 8, /* items */
    ALIGNED = 16,   /* what the allocator answers is */
};

void store_init(struct store *s, enum store_order order, size_t size, size_t align,
                int (*compare)(const void *, const void *))
{
    memset(s, 0, sizeof *s);
    s->order = order;
    s->size = size;
    s->align = align > ALIGNED ? align : ALIGNED;
    s->stride = size ? size : 1; /* GNU C has types without any */
    s->compare = compare;
    if (order == STORE_PRIORITY)
        s->stride = (size + sizeof s->seq + s->align - 1) / s->align * s->align;
}

static char *entry(const struct store *s, size_t i)
{
    return s->at + i * s->stride;
}

/* A block that is larger by so much may lie otherwise in its alignment. */
static int store_grow(struct store *s)
{
    size_t room = s->room ? s->room * 2 : ROOM_FIRST, slack = s->align - ALIGNED;
    size_t before = (size_t)(s->at - s->block);
    if (room > (SIZE_MAX / 2 - slack) / s->stride) return ACC_ENOMEM;
    char *block = mem_realloc(s->block, room * s->stride + slack);
    if (!block) return ACC_ENOMEM;
    char *at = block + (-(uintptr_t)block & (s->align - 1));
    if (at != block + before) memmove(at, block + before, s->room * s->stride);
    s->block = block;
    s->at = at;
    /* The part of the ring in front of the head goes behind what was its end. */
    if (s->head) memcpy(entry(s, s->room), at, s->head * s->stride);
    s->room = room;
    return 0;
}

/* ---- the heap ---- */

static uint64_t entry_seq(const struct store *s, const char *e)
{
    uint64_t seq;
    memcpy(&seq, e + s->stride - sizeof seq, sizeof seq);
    return seq;
}

static bool before(const struct store *s, const char *a, const char *b)
{
    int c = s->compare(a, b);
    return c ? c < 0 : entry_seq(s, a) < entry_seq(s, b);
}

static void entry_copy(const struct store *s, size_t to, size_t from)
{
    memcpy(entry(s, to), entry(s, from), s->stride);
}

/* The new entry lies at `count`, and so does nothing else: its place is found from below, and the
 * block has room for one more to keep it in meanwhile. */
static void heap_rise(struct store *s)
{
    size_t i = s->count, spare = s->count + 1;
    entry_copy(s, spare, i);
    while (i > 0) {
        size_t up = (i - 1) / 2;
        if (!before(s, entry(s, spare), entry(s, up))) break;
        entry_copy(s, i, up);
        i = up;
    }
    entry_copy(s, i, spare);
}

/* The first was taken; the last, at `count`, looks for its place from above. */
static void heap_sink(struct store *s)
{
    size_t i = 0, last = s->count;
    for (;;) {
        size_t down = 2 * i + 1;
        if (down >= s->count) break;
        if (down + 1 < s->count && before(s, entry(s, down + 1), entry(s, down))) down++;
        if (!before(s, entry(s, down), entry(s, last))) break;
        entry_copy(s, i, down);
        i = down;
    }
    if (i != last) entry_copy(s, i, last);
}

/* ---- all of them ---- */

int store_put(struct store *s, const void *item)
{
    size_t spare = s->order == STORE_PRIORITY, at = s->count;
    if (s->count + spare >= s->room) {
        int rc = store_grow(s);
        if (rc < 0) return rc;
    }
    if (s->order == STORE_FIFO) at = (s->head + s->count) & (s->room - 1);
    memcpy(entry(s, at), item, s->size);
    if (s->order == STORE_PRIORITY) {
        memcpy(entry(s, at + 1) - sizeof s->seq, &s->seq, sizeof s->seq);
        s->seq++;
        heap_rise(s);
    }
    s->count++;
    return 0;
}

void store_take(struct store *s, void *item)
{
    size_t at = s->order == STORE_LIFO ? s->count - 1 : s->head;
    memcpy(item, entry(s, at), s->size);
    s->count--;
    if (s->order == STORE_FIFO) s->head = (s->head + 1) & (s->room - 1);
    if (s->order == STORE_PRIORITY && s->count) heap_sink(s);
}
