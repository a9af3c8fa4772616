// RUN: %cc %cflags %s -o %t %libs && %t
// Cancelling a task does the right thing wherever the task stands, and the request wins over a
// result on its way.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;

static void turn(void)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

/* async int self(void) { acc_task_cancel(acc_current_task()); await acc_sleep(0); trace("not
 * reached"); } and with `join` set: the next await is of a pending future, which is cancelled with
 * it; with `end`: there is none. */
struct self__frame {
    acc_coro hd;
    int value;
    bool end;
    future(int) join;
};
static const acc_info self__info = {"self", NULL, sizeof(struct self__frame), 2, NULL};
static acc_coro *self__resume(acc_coro *self)
{
    struct self__frame *f = (struct self__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &self__info);
    }
    CHECK(acc_task_cancel(acc_current_task()) == 1);
    CHECK(acc_task_cancelling(acc_current_task()) == 1);
    self->state = 1;
    if (f->end) return self->awaiter;
    if (!f->join) return acc__yield(self);
    if ((r = acc__await(self, (void *)f->join)) != self)
        return acc__suspend(self, 1, r);
S1:
    CHECK(acc_task_cancelling(acc_current_task()) == 1);
    if (f->join) acc__await_end(self, (void *)f->join);
    CHECK(self->err == ACC_ECANCELED);
    trace("self!");
    return acc__fail(self);
}
static future(int) self_cancel(future(int) join, bool end)
{
    struct self__frame *f = acc__make(sizeof *f, self__resume);
    f->join = join;
    f->end = end;
    return (future(int))(void *)f;
}

static void cancelled(future(int) t)
{
    CHECK(acc_future_done(t) && acc_future_cancelled(t) && acc_future_error(t) == ACC_ECANCELED);
    CHECK(acc_task_cancel(t) == 0); /* done: nothing */
    acc_unref(t);
}

static void simple_cases(void)
{
    future(int) t = acc_loop_spawn(l, fail(0, 0)); /* not started: its body never runs */
    CHECK(acc_task_cancel(t) == 1 && acc_task_cancel(t) == 1 && acc_task_cancelling(t) == 2);
    CHECK(!acc_future_done(t));
    turn();
    cancelled(t);
    expect("");

    t = acc_loop_spawn(l, fail(0, 1000)); /* asleep */
    turn();
    acc_task_cancel(t);
    CHECK(!acc_future_done(t));
    turn();
    cancelled(t);
    expect("fail!");

    t = acc_loop_spawn(l, fail(0, 0)); /* queued */
    turn();
    acc_task_cancel(t);
    turn();
    cancelled(t);
    expect("fail!");

    t = acc_loop_spawn(l, loop(5)); /* deep: the leaf fails, and so do all who await it */
    turn(), turn();
    acc_task_cancel(t);
    turn();
    cancelled(t);
    expect("leaf leaf");
}

static void of_itself(void)
{
    future(int) t = acc_loop_spawn(l, self_cancel(NULL, false));
    turn(), turn(); /* the failure arrives a generation later, as that of any wait */
    cancelled(t);
    future(int) x = acc_future_new(int);
    t = acc_loop_spawn(l, self_cancel(x, false));
    turn(), turn();
    cancelled(t);
    CHECK(acc_future_cancelled(x));
    acc_unref(x);
    t = acc_loop_spawn(l,
                       self_cancel(NULL, true)); /* no suspension follows: cancelled all the same */
    turn();
    cancelled(t);
    expect("self! self!");
}

static void waiting_for_a_future(void)
{
    future(int) x = acc_future_new(int);
    future(int) t = acc_loop_spawn(l, join(x)), other = acc_loop_spawn(l, join(x));
    turn();
    acc_task_cancel(t);
    CHECK(acc_future_cancelled(x)); /* for all who wait */
    turn();
    cancelled(t);
    cancelled(other);
    acc_unref(x);
    expect("join! join!");

    x = acc_future_new(int);
    t = acc_loop_spawn(l, join(x));
    turn();
    acc_future_set_result(x, 3);
    acc_task_cancel(t); /* woken already: cancel wins, the result stays */
    turn();
    cancelled(t);
    CHECK(acc_future_error(x) == 0 && acc_future_result(x) == 3);
    acc_unref(x);
    expect("join!");
}

static void waiting_for_a_task(void)
{
    future(int) inner = acc_loop_spawn(l, fail(0, 1000)), outer = acc_loop_spawn(l, join(inner));
    turn();
    acc_task_cancel(outer);
    CHECK(acc_task_cancelling(inner) == 1);
    turn();
    expect("fail!"); /* the inner is joined: the outer has not gone on before it was done */
    turn();
    expect("join!");
    cancelled(inner);
    cancelled(outer);

    inner = acc_loop_spawn(l, fail(0, 1000)), outer = acc_loop_spawn(l, join(inner));
    turn();
    acc_task_cancel(inner); /* seen by who awaits it */
    turn(), turn();
    expect("fail! join!");
    cancelled(inner);
    cancelled(outer);
}

static void in_a_ring(void)
{
    struct join__frame *f;
    future(int) a = acc_loop_spawn(l, join(NULL)), b = acc_loop_spawn(l, join(a));
    f = (struct join__frame *)(void *)a;
    f->x = b;
    turn();
    acc_task_cancel(a); /* ends */
    CHECK(acc_task_cancelling(a) == 1 && acc_task_cancelling(b) == 1);
    turn(), turn(), turn();
    expect("join! join!");
    cancelled(a);
    cancelled(b);
}

static void not_tasks(void)
{
    future(int) c = leaf(1);
    CHECK(acc_task_cancel(c) == UV_EINVAL);
    acc_close(c);
    future(int) t = acc_loop_spawn(l, fail(0, 0));
    turn();
    acc_task_cancel(t);
    CHECK(acc_task_uncancel(t) == 0 && acc_task_uncancel(t) == 0);
    turn();
    CHECK(acc_future_result(t) == 7); /* the request never arrived */
    acc_unref(t);
    expect("fail!");
}

int main(void)
{
    l = acc_get_event_loop();
    simple_cases();
    of_itself();
    waiting_for_a_future();
    waiting_for_a_task();
    in_a_ring();
    not_tasks();
    return acc_loop_close(l);
}
