/* SPDX-License-Identifier: MIT */
/* w3.c: W3 by hand: two tasks yield to each other. */
#include "hand.h"

struct turns {
    frame head;
    uint64_t n, i;
};

NOINLINE static frame *turns_step(frame *head)
{
    struct turns *f = (struct turns *)head;
    uint64_t i;
    if (head->state == 1) {
        i = f->i;
        goto resumed;
    }
    for (i = 0; i < f->n; i++) {
        f->i = i;
        return yield_at(head, turns_step, 1);
resumed:;
    }
    return head->awaiter;
}

int main(int argc, char **argv)
{
    uint64_t n = bench_operations(argc, argv, 40000000);
    struct turns a = {.head.step = turns_step, .n = n}, b = a;
    ready_push(&a.head);
    ready_push(&b.head);
    bench_begin();
    ready_run();
    bench_end("W3", "hand", 2.0 * (double)n);
    return 0;
}
