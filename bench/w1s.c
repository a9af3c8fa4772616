/* SPDX-License-Identifier: MIT */
/* w1s.c: W1s by hand: a loop awaits a child that suspends once each time. */
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

NOINLINE static frame *leaf_step(frame *head)
{
    struct leaf *f = (struct leaf *)head;
    if (head->state == 0) return yield_at(head, leaf_step, 1);
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
    uint64_t n = bench_operations(argc, argv, 30000000);
    struct outer outer = {.head.step = outer_step, .n = n};
    ready_push(&outer.head);
    bench_begin();
    ready_run();
    bench_end("W1s", "hand", (double)n);
    bench_check(outer.sum, 3 * (n * (n - 1) / 2) + n);
    return 0;
}
