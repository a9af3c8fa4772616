/* SPDX-License-Identifier: MIT */
/* w4.c: W4 by hand: tasks are made, run once and finish, a thousand at a time; frames from a free
 * list. */
#include "hand.h"

struct once {
    frame head;
    uint64_t amount;
};

static uint64_t total;
static struct once *unused;

NOINLINE static frame *once_step(frame *head)
{
    struct once *f = (struct once *)head;
    total += f->amount;
    head->next = (frame *)unused;
    unused = f;
    return NULL;
}

static inline void once_spawn(uint64_t amount)
{
    struct once *f = unused;
    if (LIKELY(f != NULL))
        unused = (struct once *)f->head.next;
    else if ((f = malloc(sizeof *f)) == NULL)
        abort();
    f->head.step = once_step;
    f->head.state = 0;
    f->head.awaiter = NULL;
    f->amount = amount;
    ready_push(&f->head);
}

int main(int argc, char **argv)
{
    uint64_t n = bench_operations(argc, argv, 20000000) / 1000;
    bench_begin();
    for (uint64_t i = 0; i < n; i++) {
        for (uint64_t k = 0; k < 1000; k++)
            once_spawn(k);
        ready_run();
    }
    bench_end("W4", "hand", (double)n * 1000);
    bench_check(total, n * 499500);
    return 0;
}
