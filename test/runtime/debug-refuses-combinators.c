// RUN: %cc %cflags %s -o %t %libs && env ACC_DEBUG=1 %timeout %t 2>&1 | FileCheck %s
// Under ACC_DEBUG=1 what takes coroutines to spawn them on a loop that is another thread's closes them, and says so by
// its code; here a loop whose host is run by a thread that it was not attached on.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *own;
static uv_loop_t host;

static void run_host(void *unused)
{
    (void)unused;
    uv_run(&host, UV_RUN_NOWAIT);
}

/* Makes one step of c, which must be its last. */
static int step(future(int) c)
{
    int v = -1;
    CHECK(acc_step(c, &v));
    int err = acc_future_error(c);
    acc_unref(c);
    return err ? err : v;
}

static acc_group group;
static void in_group(void *unused)
{
    (void)unused;
    future(int) f = acc_group_spawn(&group, leaf(1));
    CHECK(acc_future_error(f) == ACC_EOTHERLOOP);
    acc_unref(f);
    CHECK(acc_group_go(&group, leaf(1)) == ACC_EOTHERLOOP);
}
static void from_another(void *arg)
{
    uv_thread_t t;
    (void)arg;
    CHECK(uv_thread_create(&t, in_group, NULL) == 0 && uv_thread_join(&t) == 0);
}

struct enters {
    acc_coro hd;
    struct acc__scope__wait w;
};
/* async void enters(void) { with (&group.scope) from_another(NULL); } */
static acc_coro *enters_resume(acc_coro *self)
{
    struct enters *f = (void *)self;
    if (self->state) return self->awaiter;
    CHECK(acc__scope_enter(self, &f->w, &group.scope) == self && !self->err);
    from_another(NULL);
    CHECK(acc__scope_exit(self, &f->w, &group.scope) == self && !self->err);
    return self->awaiter;
}

int main(void)
{
    trace_off = true;
    CHECK(uv_loop_init(&host) == 0 && (own = acc_loop_attach(&host)) != NULL);
    CHECK(acc_loop_hold(own) == 0);
    group = acc_group_init();
    future(void) entered = acc_spawn((future(void))acc__make(sizeof(struct enters), enters_resume));
    run_host(NULL);
    CHECK(acc_future_error(entered) == 0);
    acc_unref(entered);
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    // CHECK: acc: a task was spawned from another thread than its loop's: refused

    uv_thread_t t; /* this thread's loop becomes another's */
    CHECK(uv_thread_create(&t, run_host, NULL) == 0 && uv_thread_join(&t) == 0);
    future(int) fs[] = {leaf(1), leaf(2)};
    CHECK(!acc_as_completed(fs, 2, ACC_FOREVER));
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    future(int) c = (future(int))(void *)acc_gather(acc_into(leaf(1), NULL), acc_into(leaf(2), NULL));
    CHECK(step(c) == ACC_EOTHERLOOP);
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    CHECK(step((future(int))(void *)acc_shield(leaf(1))) == ACC_EOTHERLOOP);
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    CHECK(step((future(int))(void *)acc_wait_for(leaf(1), 0)) == ACC_EOTHERLOOP);
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    struct acc_outcome o;
    future(struct acc_outcome) j = acc_join(leaf(1));
    CHECK(acc_step(j, &o) && o.err == ACC_EOTHERLOOP);
    acc_unref(j);
    // CHECK: acc: a task was spawned from another thread than its loop's: refused
    run_host(NULL); /* and ours again */
    future(int) fine = acc_spawn(leaf(4));
    run_host(NULL), run_host(NULL);
    CHECK(acc_future_result(fine) == 8);
    acc_unref(fine);
    acc_loop_release(own);
    acc_loop_close(own);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && uv_loop_close(&host) == 0);
    fprintf(stderr, "end\n");
    // CHECK-NOT: acc:
    // CHECK: end
    return 0;
}
