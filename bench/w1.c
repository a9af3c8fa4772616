/* SPDX-License-Identifier: MIT */
/* w1.c: W1 by hand: a loop awaits a child that does not suspend. */
#include "hand.h"

struct leaf {
    frame head;
    uint64_t i, value;
};

struct outer {
    frame head;
    uint64_t n, i, sum;
    struct leaf leaf;
};

NOINLINE static uint64_t leaf_call(uint64_t i)
{
    if (i == bench_never) abort();
    return i * 3 + 1;
}

NOINLINE static frame *leaf_step(frame *head)
{
    struct leaf *f = (struct leaf *)head;
    if (head->state == 1) goto resumed;
    if (f->i == bench_never) return yield_at(head, leaf_step, 1);
resumed:
    f->value = f->i * 3 + 1;
    return head->awaiter;
}

NOINLINE static frame *outer_step(frame *head)
{
    struct outer *f = (struct outer *)head;
    uint64_t i, sum, n = f->n;
    if (head->state == 1) {
        i = f->i;
        sum = f->sum;
        goto resumed;
    }
    sum = 0;
    f->leaf.head.awaiter = head;
    for (i = 0; i < n; i++) {
        f->leaf.head.state = 0;
        f->leaf.i = i;
        if (!LIKELY(leaf_step(&f->leaf.head) == head)) {
            f->i = i;
            f->sum = sum;
            head->step = outer_step;
            head->state = 1;
            return NULL;
        }
resumed:
        sum += f->leaf.value;
    }
    f->sum = sum;
    return head->awaiter;
}

int main(int argc, char **argv)
{
    uint64_t n = bench_operations(argc, argv, 80000000), sum = 0;
    struct outer outer = {.head.step = outer_step, .n = n};
    bench_begin();
    for (uint64_t i = 0; i < n; i++)
        sum += leaf_call(i);
    bench_end("W1", "plain", (double)n);
    ready_push(&outer.head);
    bench_begin();
    ready_run();
    bench_end("W1", "hand", (double)n);
    bench_check(outer.sum, sum);
    return 0;
}
