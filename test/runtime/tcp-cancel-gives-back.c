// RUN: %cc %cflags %s -o %t %libs && %t
// Cancelling an operation on a stream loses nothing: bytes, connections and handles are given back,
// even when already handed over.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;
static acc_listener *listener;
static int port;

static void turn(void)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

static void pair(acc_stream **near, acc_stream **far)
{
    future(int) a = acc_loop_spawn(l, acc_accept(listener, far));
    CHECK(acc_run_until_complete(l, acc_tcp_connect("127.0.0.1", port, near)) == 0);
    CHECK(acc_run_until_complete(l, a) == 0);
    acc_unref(a);
}

/* Cancels `victim` once *flag is set: the callback stands in every generation before what the poll
 * wakes, so it comes between the wake and the turn. */
static struct {
    const volatile char *byte;
    acc_stream *const volatile *stream;
    future(int) victim;
    bool struck;
} strike;

static void watch(void *unused)
{
    (void)unused;
    bool now = strike.byte ? *strike.byte != 0 : *strike.stream != NULL;
    if (!now) {
        acc_call_soon(l, watch, NULL);
        return;
    }
    CHECK(!acc_future_done(strike.victim));
    acc_task_cancel(strike.victim);
    strike.struck = true;
}
static void strike_when(const char *byte, acc_stream **stream, void *victim)
{
    strike.byte = byte;
    strike.stream = stream;
    strike.victim = (future(int))victim;
    strike.struck = false;
    acc_call_soon(l, watch, NULL);
}

static void reads(void)
{
    acc_stream *a, *b;
    char buf[16] = "", rest[16] = "";
    pair(&a, &b);
    future(long) r = acc_loop_spawn(l, acc_read(b, buf, 5));
    turn();
    CHECK(acc_run_until_complete(l, acc_read(b, rest, 5)) == UV_EBUSY);
    acc_task_cancel(r); /* waiting */
    acc_run_until_complete(l, r);
    CHECK(acc_future_cancelled(r));
    acc_unref(r);

    r = acc_loop_spawn(l, acc_read(b, buf, 5));
    strike_when(buf, NULL, (void *)r);
    CHECK(acc_run_until_complete(l, acc_write(a, "hello world", 11)) == 11);
    acc_run_until_complete(l, r);
    CHECK(strike.struck && acc_future_cancelled(r));
    acc_unref(r);
    size_t got = 0;
    while (got < 11) {
        long n = acc_run_until_complete(l, acc_read(b, rest + got, got ? 16 - got : 3));
        CHECK(n > 0);
        got += (size_t)n;
    }
    CHECK(memcmp(rest, "hello world", 11) == 0);
    CHECK(acc_run_until_complete(l, acc_read(b, rest, 0)) == UV_EINVAL);

    r = acc_loop_spawn(l, acc_read(b, buf, 5)); /* closing wakes it with a value */
    turn();
    acc_stream_close(b);
    CHECK(acc_run_until_complete(l, r) == UV_ECANCELED && acc_loop_error(l) == 0);
    acc_unref(r);
    CHECK(acc_run_until_complete(l, acc_read(a, buf, 5)) == 0); /* the end of the stream */
    CHECK(acc_run_until_complete(l, acc_read(a, buf, 5)) == 0);
    acc_stream_close(a);
}

static void accepts(void)
{
    acc_stream *a = NULL, *b = NULL;
    future(int) t = acc_loop_spawn(l, acc_accept(listener, &b));
    turn();
    acc_task_cancel(t);
    acc_run_until_complete(l, t);
    acc_unref(t);

    t = acc_loop_spawn(l, acc_accept(listener, &b));
    strike_when(NULL, &b, (void *)t);
    CHECK(acc_run_until_complete(l, acc_tcp_connect("127.0.0.1", port, &a)) == 0);
    acc_run_until_complete(l, t);
    CHECK(strike.struck && acc_future_cancelled(t) && b == NULL);
    acc_unref(t);
    CHECK(acc_run_until_complete(l, acc_accept(listener, &b)) == 0 &&
          b != NULL); /* kept for the next */
    char c = 0;
    CHECK(acc_run_until_complete(l, acc_write(a, "x", 1)) == 1);
    CHECK(acc_run_until_complete(l, acc_read(b, &c, 1)) == 1 && c == 'x');
    acc_stream_close(a), acc_stream_close(b);
}

static void connects(void)
{
    acc_stream *a = NULL, *b = NULL;
    future(int) t = acc_loop_spawn(l, acc_tcp_connect("127.0.0.1", port, &a));
    turn();
    acc_task_cancel(t); /* in progress */
    acc_run_until_complete(l, t);
    CHECK(acc_future_cancelled(t) && a == NULL);
    acc_unref(t);
    t = acc_loop_spawn(l, acc_tcp_connect("localhost", port, &a));
    turn();
    acc_task_cancel(t); /* being looked up */
    acc_run_until_complete(l, t);
    CHECK(acc_future_cancelled(t) && a == NULL);
    acc_unref(t);
    t = acc_loop_spawn(l, acc_tcp_connect("127.0.0.1", port, &a));
    strike_when(NULL, &a, (void *)t);
    acc_run_until_complete(l, t);
    CHECK(strike.struck && acc_future_cancelled(t) && a == NULL);
    acc_unref(t);
    (void)b;
}

int main(void)
{
    l = acc_get_event_loop();
    CHECK(acc_tcp_listen("127.0.0.1", 0, 16, &listener) == 0);
    port = acc_listener_port(listener);
    reads();
    accepts();
    connects();
    future(int) t = acc_loop_spawn(l, acc_accept(listener, &(acc_stream *){NULL}));
    acc_task_set_name(t, "waits");
    acc_listener *other = NULL;
    CHECK(acc_tcp_listen("127.0.0.1", port, 16, &other) == UV_EADDRINUSE && other == NULL);
    acc_listener_close(listener);
    acc_run_until_complete(l, t);
    acc_unref(t);
    return acc_loop_close(l);
}
