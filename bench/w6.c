/* SPDX-License-Identifier: MIT */
/* w6.c: W6 by hand: the loops in plain functions, and with an await each 1024 rounds as a state
 * machine. */
#include "hand.h"
#include "w6.h"

struct leaf {
    frame head;
    uint64_t i, value;
};

struct loop {
    frame head;
    uint32_t *a, x;
    uint64_t n, i, sum;
    struct leaf leaf;
};

NOINLINE static uint64_t chain(uint32_t *a, uint64_t n)
{
    uint64_t sum = 0;
    uint32_t x = 1;
    for (uint64_t i = 0; i < n; i++)
        CHAIN_ROUND;
    return sum;
}

NOINLINE static uint64_t vector(uint32_t *a, uint64_t n)
{
    uint32_t sum32 = 0;
    for (uint64_t i = 0; i < n; i++)
        VECTOR_ROUND;
    return sum32;
}

NOINLINE static uint64_t leaf_call(uint64_t i)
{
    if (i == bench_never) abort();
    return i * 3 + 1;
}

NOINLINE static uint64_t calling(uint32_t *a, uint64_t n)
{
    uint64_t sum = 0;
    uint32_t x = 1;
    for (uint64_t i = 0; i < n; i++) {
        CHAIN_ROUND;
        if ((i & 1023) == 0) sum += leaf_call(i);
    }
    return sum;
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

NOINLINE static frame *loop_step(frame *head)
{
    struct loop *f = (struct loop *)head;
    uint32_t *a = f->a, x;
    uint64_t i, sum, n = f->n;
    if (head->state == 1) {
        x = f->x;
        i = f->i;
        sum = f->sum;
        goto resumed;
    }
    sum = 0;
    x = 1;
    for (i = 0; i < n; i++) {
        CHAIN_ROUND;
        if (i & 1023) continue;
        f->leaf.head.awaiter = head;
        f->leaf.head.state = 0;
        f->leaf.i = i;
        if (!LIKELY(leaf_step(&f->leaf.head) == head)) {
            f->x = x;
            f->i = i;
            f->sum = sum;
            head->step = loop_step;
            head->state = 1;
            return NULL;
        }
resumed:
        sum += f->leaf.value;
    }
    f->sum = sum;
    return head->awaiter;
}

NOINLINE static uint64_t awaiting(uint32_t *a, uint64_t n)
{
    struct loop f = {.head.step = loop_step, .a = a, .n = n};
    ready_push(&f.head);
    ready_run();
    return f.sum;
}

int main(int argc, char **argv)
{
    uint64_t n = bench_operations(argc, argv, NUMBERS), result = 0, awaited = 0;
    uint32_t *numbers = bench_numbers(n);
    W6_MEASURE("W6", "hand", result = chain(numbers, n));
    W6_MEASURE("W6v", "hand", vector(numbers, n));
    W6_MEASURE("W6a", "plain", calling(numbers, n));
    W6_MEASURE("W6a", "hand", awaited = awaiting(numbers, n));
    for (uint64_t i = 0; i < n; i += 1024)
        result += i * 3 + 1;
    bench_check(awaited, result);
    free(numbers);
    return 0;
}
