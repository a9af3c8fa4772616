// RUN: %cc %cflags %s -o %t %libs && %t
// What is queued by those who are told of a loop's end, in whatever number and order, is dropped once;
// none of them can close or run it.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;
static int stopped, dropped, more;

static void never(void *arg)
{
    (void)arg;
    abort();
}
static void on_drop(void *arg)
{
    (void)arg;
    dropped++;
}
/* Drops that put in something themselves: before and behind those that are still to be dropped. */
static void on_drop_again(void *arg)
{
    acc_callback again = {never, on_drop_again, arg}, once = {never, on_drop, arg};
    dropped++;
    if (more-- <= 0) return;
    acc_handle cancelled = acc_call_soon(l, once);
    acc_call_soon(l, again);
    acc_call_later(l, 1, again);
    acc_unref(acc_loop_spawn(l, leaf(more)));
    acc_handle_cancel(cancelled);
    CHECK(acc_handle_cancelled(cancelled));
}
static void on_stop(void *arg)
{
    acc_callback once = {never, on_drop, arg};
    stopped++;
    acc_call_soon(l, once);
    acc_handle_cancel(acc_call_soon(l, once));
    acc_call_soon(l, once);
}
static void work(uv_work_t *request)
{
    uv_sleep(20);
    request->data = NULL;
}
/* Comes while the loop is being closed. */
static void on_worked(uv_work_t *request, int status)
{
    acc_callback once = {never, on_drop, NULL};
    CHECK(!request->data && status == 0);
    CHECK(acc_loop_close(l) == UV_EBUSY && acc_run_forever(l) == UV_EBUSY);
    acc_run(leaf(1));
    CHECK(acc_run_error() == UV_EBUSY);
    for (int i = 0; i < 3; i++)
        acc_call_soon(l, once);
    stopped++;
}
/* One timer after another, then what else can be put in, behind the back of who looks for them. */
static void on_drop_timed(void *arg)
{
    acc_callback again = {never, on_drop_timed, arg}, once = {never, on_drop, arg};
    acc_listener *listener;
    dropped++;
    if (more-- > 0) {
        acc_call_later(l, 1, again);
        return;
    }
    CHECK(acc_tcp_listen("127.0.0.1", 0, 1, &listener) == 0);
    future(int) f = acc_future_new(int);
    CHECK(acc_future_on_cancel(f, on_stop, NULL) == 0);
    acc_future_add_done_callback(f, once);
    acc_unref(f);
}
static void quiet(acc_loop *loop, const acc_failure *failure, void *arg)
{
    (void)loop, (void)failure, (void)arg;
}

int main(void)
{
    l = acc_get_event_loop();
    acc_callback once = {never, on_drop, NULL}, again = {never, on_drop_again, NULL};
    acc_loop_set_exception_handler(l, quiet, NULL);
    future(int) f = acc_future_new(int);
    CHECK(acc_future_on_cancel(f, on_stop, NULL) == 0);
    for (int i = 0; i < 3; i++)
        acc_future_add_done_callback(f, once);
    CHECK(acc_loop_close(l) == 0);
    CHECK(stopped == 1 && dropped == 6 && acc_future_cancelled(f));
    acc_unref(f);

    l = acc_get_event_loop();
    acc_loop_set_exception_handler(l, quiet, NULL);
    dropped = 0, more = 20;
    for (int i = 0; i < 3; i++) {
        acc_call_soon(l, again);
        acc_call_later(l, 1 + i, again);
    }
    CHECK(acc_loop_close(l) == 0);
    CHECK(dropped == 6 + 3 * 20);

    l = acc_get_event_loop();
    again.drop = on_drop_timed;
    stopped = dropped = 0, more = 10;
    acc_call_later(l, 1, again);
    CHECK(acc_loop_close(l) == 0);
    CHECK(stopped == 1 && dropped == 11 + 1 + 3);

    l = acc_get_event_loop();
    acc_loop_set_exception_handler(l, quiet, NULL);
    uv_work_t request = {.data = l};
    CHECK(uv_queue_work(acc_uv_loop(l), &request, work, on_worked) == 0);
    stopped = dropped = 0;
    CHECK(acc_loop_close(l) == 0 && stopped == 1 && dropped == 3);
    return 0;
}
