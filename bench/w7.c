/* SPDX-License-Identifier: MIT */
/* w7.c: W7 by hand: the innermost of 1, 10 and 100 awaits suspends and is resumed. */
#include "hand.h"

struct deep {
    frame head;
    int depth;
    uint64_t n, i;
};

NOINLINE static frame *deep_step(frame *head)
{
    struct deep *f = (struct deep *)head;
    uint64_t i;
    if (head->state == 1) return head->awaiter;
    if (head->state == 2) {
        i = f->i;
        goto resumed;
    }
    if (f->depth > 1) {
        struct deep *child = f + 1;
        child->head.awaiter = head;
        child->head.state = 0;
        if (deep_step(&child->head) == head) return head->awaiter;
        head->step = deep_step;
        head->state = 1;
        return NULL;
    }
    for (i = 0; i < f->n; i++) {
        f->i = i;
        return yield_at(head, deep_step, 2);
resumed:;
    }
    return head->awaiter;
}

static void measure(const char *variant, int depth, uint64_t n)
{
    struct deep *frames = calloc((size_t)depth, sizeof *frames);
    if (!frames) abort();
    for (int i = 0; i < depth; i++) {
        frames[i].depth = depth - i;
        frames[i].n = n;
    }
    frames[0].head.step = deep_step;
    ready_push(&frames[0].head);
    bench_begin();
    ready_run();
    bench_end(variant, "hand", (double)n);
    free(frames);
}

int main(int argc, char **argv)
{
    uint64_t n = bench_operations(argc, argv, 20000000);
    measure("W7/1", 1, n);
    measure("W7/10", 10, n);
    measure("W7/100", 100, n);
    return 0;
}
