/* SPDX-License-Identifier: MIT */
/* resource.c: the list of open streams and listeners of a loop, and the end of their memory.
 *
 * Closing is asynchronous: a handle's memory lives until its close callback, and then until all
 * jobs that were queued before have run. */
#include "internal.h"

void resource_add(struct resource *r, acc_loop *l)
{
    r->job.leaf = &acc__hooks[HOOK_FREE];
    r->loop = l;
    r->made = debug_place();
    r->prev = NULL;
    r->next = l->resources;
    if (r->next) r->next->prev = r;
    l->resources = r;
    l->lingering++;
}

void resource_remove(struct resource *r)
{
    if (r->next) r->next->prev = r->prev;
    if (r->prev)
        r->prev->next = r->next;
    else
        r->loop->resources = r->next;
}

/* Nothing is given back to r, nor r itself. */
static void handed_forget(acc_task *t, void *r)
{
    const acc_wait_ops *ops = task_ops(t);
    struct acc_accept__wait *a = t->obj;
    if (ops == &read_ops ? (void *)((struct acc_read__wait *)t->obj)->stream_ == r
        : ops == &accept_ops ? (void *)a->stream_ == r
        : ops == &connect_ops && ((struct acc_tcp_connect__wait *)t->obj)->op_ == r)
        task_keep_handed(t);
    else if (ops == &accept_ops && (void *)a->listener_ == r)
        a->listener_ = NULL;
}

void resource_free(struct resource *r)
{
    acc_loop *l = r->loop;
    tasks_handed(handed_forget, r);
    r->release(r);
    l->lingering--;
    attached_progress(l);
}

void resource_release_later(struct resource *r)
{
    if (r->loop->detaching)
        resource_free(r); /* its tasks are gone */
    else
        loop_enqueue(r->loop, &r->job);
}

/* The job's turn. */
acc_coro *resource_release(acc_coro *self)
{
    struct resource *r = (struct resource *)(void *)hook_job();
    (void)self;
    resource_free(r);
    return NULL;
}

/* Each abort takes its resource off the list. */
void resources_abort(acc_loop *l)
{
    while (l->resources) {
        struct resource *r = l->resources;
        if (l->attention & ATTEND_DEBUG) report_unclosed(r->name, r->made);
        r->abort(r);
    }
}
