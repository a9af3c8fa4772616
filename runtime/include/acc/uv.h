/* SPDX-License-Identifier: MIT */
/* uv.h: acc beside libuv's own API.
 *
 * An acc loop is driven by a uv_loop_t; handles and requests of your own may live on it.  Their
 * callbacks run between generations; what they queue (acc_call_soon, acc_future_set_result) runs in
 * the generation after them. */
#ifndef ACC_UV_H
#define ACC_UV_H

#include "acc.h"
#include <uv.h>

/* The uv_loop_t behind a loop.  If acc made it, it lives as long as the loop and must not be run or
 * closed by hand. */
uv_loop_t *acc_uv_loop(acc_loop *loop);

/* ---- living in somebody else's uv_run ---- */

/* A loop of acc on a uv_loop_t that the caller makes, runs and closes: tasks, callbacks and timers
 * get their turn after each poll, as long as it is run (any mode of uv_run).  It keeps uv_run from
 * returning while something is ready, a timer is set, a stream is waited for or a hold is
 * outstanding, as any handle would; a task that waits for what the host itself will do does not.
 *
 * From now on it is this thread's loop: acc_get_event_loop answers it, and acc_spawn,
 * acc_call_soon(acc_get_event_loop(), ...), acc_future_set_result and the like work in callbacks of
 * the host's, where no loop of acc runs (acc_get_running_loop is NULL there; it is this loop in
 * tasks and callbacks of acc).
 *
 * What an attached loop does not do: acc_run_until_complete, acc_run_forever and acc_run refuse
 * with UV_ENOTSUP, as does acc_test_begin; no deadlock is reported, for only the host knows who
 * else may come.  acc_loop_stop stops the host's uv_run, as uv_stop.
 *
 * NULL when out of memory or for no loop.  Yours: acc_loop_detach.  On the thread that runs `uv`;
 * from callbacks of the host's too. */
acc_loop *acc_loop_attach(uv_loop_t *uv);

/* Ends an attached loop as acc_loop_close does: callbacks are dropped, tasks that are not done
 * destroyed where they are suspended, streams closed.  The host's loop runs on, and its handles are
 * not touched. Ours are being closed when this returns, which takes one more turn of uv_run (more,
 * if a look-up is under way); then detached(arg) is called, unless it is NULL, and only then may
 * the host close its loop.  `loop` must not be used any more when this has returned.  The thread's
 * loop is again what it was before acc_loop_attach. 0; UV_EBUSY: called from a task or callback of
 * acc, nothing was done; UV_EINVAL: not attached. acc_loop_close(loop) is this without a function.
 */
int acc_loop_detach(acc_loop *loop, void (*detached)(void *arg), void *arg);

#endif
