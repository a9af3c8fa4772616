/* SPDX-License-Identifier: MIT */
/* eager.c: acc_spawn_eager: a task that begins within the call that makes it.
 *
 * It runs on top of who spawns it, which is put aside (task_push), until its first suspension; from
 * then on it is a task like any other. */
#include "internal.h"

void *acc__spawn_eager(void *coro)
{
    struct acc__thread *th = &acc__tls;
    acc_coro *c = coro;
    acc_loop *l = th->loop;
    bool room = (acc__uintptr)__builtin_frame_address(0) > th->stack_limit;
    if (!c || c->kind != acc__k_coro || !l || !room) return acc__spawn_slow(coro);
    acc_task *t = task_of(c), *maker = th->task;
    struct beneath beneath;
    if (maker && !(task_root(maker)->flags & acc__f_slept)) { /* stands before t in the loop's list */
        task_register(maker);
        maker->ops = NULL;
    }
    long turns = th->turns;
    c->refs++;
    c->kind = acc__k_task;
    c->awaiter = &l->done;
    t->job.leaf = c;
    local_inherit(t);
    th->turns = 0; /* a yield ends its first step */
    task_push(&beneath, t);
    for (c = c->resume(c); c && c != &l->done;)
        c = c->resume(c);
    if (c) task_finish(l, t);
    task_pop(&beneath);
    if (!l->attention) th->turns = turns;
    return coro;
}
