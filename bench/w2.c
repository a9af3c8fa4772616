/* SPDX-License-Identifier: MIT */
/* w2.c: W2 by hand: Fibonacci's recursion, each call awaited; frames from a free list, kept for
 * both calls. */
#include "hand.h"

struct fib {
    frame head;
    int n;
    uint64_t first, value;
    struct fib *child; /* in the free list: the next block */
};

static struct fib *unused;

NOINLINE static uint64_t fib_call(int n)
{
    if (n < 2) return (uint64_t)n;
    uint64_t first = fib_call(n - 1);
    OPAQUE(first);
    return first + fib_call(n - 2);
}

static inline struct fib *fib_new(void)
{
    struct fib *f = unused;
    if (LIKELY(f != NULL)) {
        unused = f->child;
        return f;
    }
    f = malloc(sizeof *f);
    if (!f) abort();
    return f;
}

static inline frame *suspended(frame *head, frame *(*step)(frame *), int state)
{
    head->step = step;
    head->state = state;
    return NULL;
}

NOINLINE static frame *fib_step(frame *head)
{
    struct fib *f = (struct fib *)head, *child;
    if (head->state == 1) goto first;
    if (head->state == 2) goto second;
    if (head->state == 3) goto resumed;
    if (f->n == (int)bench_never) return yield_at(head, fib_step, 3);
resumed:
    if (f->n < 2) {
        f->value = (uint64_t)f->n;
        return head->awaiter;
    }
    f->child = child = fib_new();
    child->head.awaiter = head;
    child->head.state = 0;
    child->n = f->n - 1;
    if (!LIKELY(fib_step(&child->head) == head)) return suspended(head, fib_step, 1);
first:
    child = f->child;
    f->first = child->value;
    child->head.state = 0;
    child->n = f->n - 2;
    if (!LIKELY(fib_step(&child->head) == head)) return suspended(head, fib_step, 2);
second:
    child = f->child;
    f->value = f->first + child->value;
    child->child = unused;
    unused = child;
    return head->awaiter;
}

int main(int argc, char **argv)
{
    int n = (int)bench_operations(argc, argv, 32);
    struct fib root = {.head.step = fib_step, .n = n};
    uint64_t result;
    double calls;
    bench_begin();
    result = fib_call(n);
    calls = 2.0 * (double)(result + fib_call(n - 1)) - 1;
    bench_end("W2", "plain", calls * 1.618034);
    ready_push(&root.head);
    bench_begin();
    ready_run();
    bench_end("W2", "hand", calls);
    bench_check(root.value, result);
    return 0;
}
