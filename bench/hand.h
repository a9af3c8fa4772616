/* SPDX-License-Identifier: MIT */
/* hand.h: the runtime under the hand-written state machines: what acc is measured against.
 *
 * The shape: a step runs a frame and answers who runs next: its awaiter when it is done, NULL when
 * it suspended. The awaiter links its child's frame, which lies inside its own, calls the child's
 * step and compares the answer with itself. The ready queue holds the frames that suspended, the
 * innermost of each task, so that a resumption costs the same at any depth. Nothing here cancels,
 * fails or allocates. */
#ifndef HAND_H
#define HAND_H
#include "bench.h"

typedef struct frame frame;
struct frame {
    frame *(*step)(frame *); /* valid while suspended */
    frame *awaiter;          /* NULL: the outermost of its task */
    frame *next;             /* in the ready queue */
    int state;               /* 0: at the start */
};

static struct {
    frame *head, **tail;
} ready = {NULL, &ready.head};

static inline void ready_push(frame *f)
{
    f->next = NULL;
    *ready.tail = f;
    ready.tail = &f->next;
}

/* Suspends a frame for one turn of the queue. */
static inline frame *yield_at(frame *f, frame *(*step)(frame *), int state)
{
    f->step = step;
    f->state = state;
    ready_push(f);
    return NULL;
}

static inline void ready_run(void)
{
    frame *f;
    while ((f = ready.head) != NULL) {
        if ((ready.head = f->next) == NULL) ready.tail = &ready.head;
        do
            f = f->step(f);
        while (f);
    }
}
#endif
