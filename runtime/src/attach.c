/* SPDX-License-Identifier: MIT */
/* attach.c: a loop on a uv_loop_t that somebody else runs.
 *
 * The handles are those of any loop (loop.c); only here the loop is entered for each check and left
 * behind it, so that the host's callbacks find no loop running.  What they put in wakes it by its
 * idle handle, for libuv sees nothing else of it.
 *
 * Detaching ends everything at once but libuv's part, which needs turns of the host's: the loop's
 * memory waits for its handles, for streams that are being closed and for look-ups under way. */
#include "internal.h"

void attached_check(acc_loop *l, void (*run)(acc_loop *l))
{
    if (l->running) return; /* the host runs its loop in a task of ours */
    loop_enter(l);
    run(l);
    loop_leave(l);
}

void attached_poke(acc_loop *l)
{
    if (!l->detaching && acc__tls.loop != l) uv_idle_start(&l->idle, on_idle);
}

acc_loop *acc_loop_attach(uv_loop_t *uv)
{
    return uv ? loop_make(uv) : NULL;
}

/* ---- detaching ---- */

void attached_progress(acc_loop *l)
{
    if (!l->detaching || l->handles > 0 || l->lingering > 0 || l->outside > 0) return;
    void (*detached)(void *) = l->detached;
    void *arg = l->detached_arg;
    l->detaching = false;
    loop_leave_to_others(l);
    if (detached) detached(arg);
}

static void on_handle_closed(uv_handle_t *h)
{
    acc_loop *l = h->data;
    l->handles--;
    attached_progress(l);
}

int acc_loop_detach(acc_loop *l, void (*detached)(void *), void *arg)
{
    if (!l || !l->attached) return UV_EINVAL;
    int rc = loop_usable(l);
    if (rc < 0) return rc;
    uv_handle_t *ours[] = {(uv_handle_t *)&l->check, (uv_handle_t *)&l->prepare,
                           (uv_handle_t *)&l->idle,  (uv_handle_t *)&l->alarm,
                           (uv_handle_t *)&l->grace, (uv_handle_t *)&l->bell,
                           (uv_handle_t *)&l->dump};
    int n = (int)(sizeof ours / sizeof *ours) - !l->dump_made;
    loop_empty(l);
    l->handles = n;
    l->detached = detached;
    l->detached_arg = arg;
    loop_end(l);
    l->detaching = true;
    for (int i = 0; i < n; i++)
        uv_close(ours[i], on_handle_closed);
    return 0;
}
