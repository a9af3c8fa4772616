// RUN: %cc %cflags %s -o %t %libs && %t
// RUN: env ACC_DEBUG=1 %t 2>&1 | FileCheck %s
// A loop is run and closed by the thread that made it only: others are refused, and nothing happens to it. A handle
// means nothing on another thread, though its slot be in use there. Without a loop nothing is scheduled.
// CHECK: acc: a loop was run or closed from another thread than its loop's: refused
// CHECK: acc: a loop was run on another thread than its own: UV_EPERM
// CHECK: acc: a loop was stopped from another thread than its loop's: refused
// CHECK: acc: an operation was ended from another thread than its loop's: refused
// CHECK: acc: a task was woken from another thread than its loop's: refused
// CHECK: acc: a cancellation was taken back from another thread than its loop's: refused
// CHECK: acc: a callback was removed from another thread than its loop's: refused
#include "coro.h"
#include <pthread.h>
#include <uv.h>

static acc_loop *l;
static acc_handle theirs;
static int ran, dropped;

static void count(void *unused)
{
    (void)unused;
    ran++;
}
static void drop(void *unused)
{
    (void)unused;
    dropped++;
}
static void stop(void *loop)
{
    acc_loop_stop(loop);
}

static void *stranger(void *unused)
{
    (void)unused;
    CHECK(acc_run_forever(l) == UV_EPERM);
    CHECK(acc_run_until_complete(l, leaf(1)) == 0);
    CHECK(acc_loop_close(l) == UV_EPERM);
    acc_loop *own = acc_loop_new();
    acc_handle h = acc_call_soon(own, count, NULL); /* of the same slot as `theirs` */
    CHECK(h.slot == theirs.slot);
    acc_handle_cancel(theirs);
    CHECK(!acc_handle_cancelled(theirs));
    acc_call_later(own, 0.001, stop, own);
    CHECK(acc_run_forever(own) == 0 && ran == 1);
    CHECK(acc_loop_close(own) == 0);
    return NULL;
}

/* ---- what only debug mode refuses ---- */

static acc_event event;
static future(void) waiter;
static future(int) pending;
static acc_wait *wait_;

static void ignore(acc_wait *w)
{
    (void)w;
}
static const acc_operation operation = {"an operation", ignore, NULL};

/* async void operates(void) { await an operation; } */
struct operates__frame {
    acc_coro hd;
    acc_wait wait;
};
static const acc_info operates__info = {"operates", NULL, sizeof(struct operates__frame), 2, NULL};
static acc_coro *operates__resume(acc_coro *self)
{
    struct operates__frame *f = (struct operates__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: return self->err ? acc__fail(self) : self->awaiter;
    default: return acc__odd(self, &operates__info);
    }
    r = acc_wait_begin(self, &f->wait, &operation);
    wait_ = &f->wait;
    return r == self ? acc__fail(self) : acc__suspend(self, 1, NULL);
}

static void *meddler(void *unused)
{
    (void)unused;
    acc_loop_stop(l);
    CHECK(acc_wait_end(wait_, 0) == UV_EPERM);
    acc_event_set(&event);
    CHECK(acc_task_uncancel(waiter) == UV_EPERM);
    CHECK(acc_future_remove_done_callback(pending, count) == UV_EPERM);
    return NULL;
}

static void in_thread(void *(*f)(void *))
{
    pthread_t t;
    CHECK(pthread_create(&t, NULL, f, NULL) == 0);
    pthread_join(t, NULL);
}

static void make_pending(void *unused)
{
    (void)unused;
    pending = acc_future_new(int);
    acc_future_add_done_callback(pending, count, NULL);
}

static void meddle(void)
{
    acc_event_init(&event);
    waiter = acc_loop_spawn(l, acc_event_wait(&event));
    future(void) second = acc_loop_spawn(l, acc_event_wait(&event));
    acc_call_soon(l, make_pending, NULL);
    struct operates__frame *f = acc__make(sizeof *f, operates__resume);
    future(void) task = acc_loop_spawn(l, (future(void))(void *)f);
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
    acc_task_cancel(waiter); /* so that there is something to take back */
    in_thread(meddler);
    CHECK(acc_task_cancelling(waiter) == 1 && !acc_future_done(second) && !acc_future_done(task));
    acc_event_clear(&event), acc_event_set(&event);
    CHECK(acc_wait_end(wait_, 0) == 0);
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
    CHECK(acc_future_cancelled(waiter) && acc_future_error(second) == 0 && acc_future_error(task) == 0);
    acc_unref(second), acc_unref(waiter), acc_unref(task), acc_unref(pending);
}

int main(void)
{
    l = acc_loop_new();
    theirs = acc_call_later(l, 1000, count, NULL);
    in_thread(stranger);
    if (acc_loop_debug(l)) meddle();
    CHECK(ran == 1);

    acc_callback owned = {count, drop, NULL};
    CHECK(acc_call_soon(acc_get_running_loop(), owned).generation == 0 && dropped == 1);
    CHECK(acc_call_later((acc_loop *)NULL, 1, owned).generation == 0 && dropped == 2);
    CHECK(acc_call_at((acc_loop *)NULL, 1, count, NULL).generation == 0);
    return acc_loop_close(l);
}
