/* SPDX-License-Identifier: MIT */
/* timer.c: deadlines in nanoseconds, in a 4-ary heap.
 *
 * Four children a node: half the levels of a binary heap, and the children share a cache line.  The
 * key lies in the heap's array; the timer itself is touched only when it moves.  Equal deadlines
 * are told apart by the order of making.  Timers belong to their makers (a frame, a callback); the
 * heap only points at them.
 *
 * Invariant: at[i].timer->index == i + 1, and no node is before its parent. */
#include "internal.h"

static inline bool entry_before(const struct timer_entry *a, const struct timer_entry *b)
{
    if (a->when != b->when) return a->when < b->when;
    return a->seq < b->seq;
}

static inline void entry_put(struct timer_heap *h, uint32_t i, struct timer_entry e)
{
    h->at[i] = e;
    e.timer->index = i + 1;
}

static void sift_up(struct timer_heap *h, uint32_t i, struct timer_entry e)
{
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (!entry_before(&e, &h->at[parent])) break;
        entry_put(h, i, h->at[parent]);
        i = parent;
    }
    entry_put(h, i, e);
}

static void sift_down(struct timer_heap *h, uint32_t i, struct timer_entry e)
{
    for (;;) {
        uint32_t first = 4 * i + 1, end = first + 4, least = first;
        if (first >= h->count) break;
        if (end > h->count) end = h->count;
        for (uint32_t k = first + 1; k < end; k++)
            if (entry_before(&h->at[k], &h->at[least])) least = k;
        if (!entry_before(&h->at[least], &e)) break;
        entry_put(h, i, h->at[least]);
        i = least;
    }
    entry_put(h, i, e);
}

static int heap_grow(struct timer_heap *h)
{
    uint32_t room = h->room ? h->room * 2 : 64;
    if (room < h->room) return ACC_ENOMEM;
    struct timer_entry *at = mem_realloc(h->at, room * sizeof *at);
    if (!at) return ACC_ENOMEM;
    h->at = at;
    h->room = room;
    return 0;
}

int timer_add(struct timer_heap *h, struct timer *t, uint64_t when)
{
    if (h->count == h->room && heap_grow(h) < 0) return ACC_ENOMEM;
    sift_up(h, h->count++, (struct timer_entry){when, h->seq++, t});
    return 0;
}

void timer_remove(struct timer_heap *h, struct timer *t)
{
    if (!t->index) return;
    uint32_t i = t->index - 1;
    t->index = 0;
    struct timer_entry last = h->at[--h->count];
    if (i == h->count) return;
    if (i > 0 && entry_before(&last, &h->at[(i - 1) / 4]))
        sift_up(h, i, last);
    else
        sift_down(h, i, last);
}

acc_job *timer_pop(struct timer_heap *h)
{
    struct timer *t = h->at[0].timer;
    timer_remove(h, t);
    return t->job;
}

/* A deadline is rounded up to the next nanosecond, so that it never comes early. */
static uint64_t seconds_to_ns(double seconds)
{
    if (!(seconds > 0)) return 0;
    if (seconds >= (double)TIME_NEVER / 1e9) return TIME_NEVER;
    uint64_t ns = (uint64_t)(seconds * 1e9);
    return (double)ns < seconds * 1e9 ? ns + 1 : ns;
}

uint64_t time_after(uint64_t now, double seconds)
{
    return now + seconds_to_ns(seconds);
}

uint64_t time_at(double when)
{
    return seconds_to_ns(when);
}
