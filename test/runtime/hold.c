// RUN: %cc %cflags %s -o %t %libs && %t
// A loop with a hold waits although nothing it knows of could wake it; without one it tells that it
// is stuck.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;
static future(int) f;
static uv_async_t async;

static void wake(uv_async_t *a)
{
    (void)a;
    acc_future_set_result(f, 3);
    acc_loop_release(l);
}

static void after_work(uv_work_t *w, int status)
{
    (void)w, (void)status;
}
static void work(uv_work_t *w)
{
    (void)w;
    uv_sleep(20);
    uv_async_send(&async);
}

int main(void)
{
    l = acc_get_event_loop();
    f = acc_future_new(int);
    CHECK(acc_run_until_complete(l, f) == 0 && acc_loop_error(l) == ACC_EDEADLOCK);

    uv_async_init(acc_uv_loop(l), &async, wake);
    uv_unref((uv_handle_t *)&async); /* the loop does not count it */
    CHECK(acc_loop_hold(l) == 0 && acc_loop_hold(l) == 0);
    acc_loop_release(l);
    uv_work_t w;
    uv_queue_work(acc_uv_loop(l), &w, work, after_work);
    CHECK(acc_run_until_complete(l, f) == 3);
    acc_unref(f);
    f = acc_future_new(int);
    CHECK(acc_run_until_complete(l, f) == 0 && acc_loop_error(l) == ACC_EDEADLOCK);
    acc_unref(f);
    return acc_loop_close(l);
}
