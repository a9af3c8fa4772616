// RUN: %cc %cflags %s -o %t %libs && %t
// A writer waits while its peer does not read; what was handed over arrives whole and in order,
// cancelled or closed or not.
#include "coro.h"
#include "acc/uv.h"

enum { SIZE = 24 * 1024 * 1024 };
static acc_loop *l;
static acc_listener *listener;
static unsigned char *data, *in;

static void turn(void)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

static void pair(acc_stream **near, acc_stream **far)
{
    future(int) a = acc_loop_spawn(l, acc_accept(listener, far));
    CHECK(acc_run_until_complete(
              l, acc_tcp_connect("localhost", acc_listener_port(listener), near)) == 0);
    CHECK(acc_run_until_complete(l, a) == 0);
    acc_unref(a);
}

static void read_all(acc_stream *s, size_t size)
{
    size_t got = 0, step = 1;
    while (got < size) {
        size_t want = size - got < step ? size - got : step;
        long n = acc_run_until_complete(l, acc_read(s, in + got, want));
        CHECK(n > 0 && (size_t)n <= want);
        got += (size_t)n;
        step = step * 7 % 200003 + 1;
    }
    CHECK(memcmp(in, data, size) == 0);
}

int main(void)
{
    acc_stream *a, *b;
    l = acc_get_event_loop();
    data = malloc(SIZE), in = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (unsigned char)(i * 7 + i / 251);
    CHECK(acc_tcp_listen("127.0.0.1", 0, 16, &listener) == 0);
    pair(&a, &b);

    future(long) w = acc_loop_spawn(l, acc_write(a, data, SIZE));
    for (int i = 0; i < 50; i++)
        turn();
    CHECK(!acc_future_done(w));
    read_all(b, SIZE);
    CHECK(acc_run_until_complete(l, w) == SIZE);
    acc_unref(w);

    w = acc_loop_spawn(l, acc_write(a, data, SIZE));
    for (int i = 0; i < 50; i++)
        turn();
    acc_task_cancel(w);
    acc_run_until_complete(l, w);
    CHECK(acc_future_cancelled(w));
    acc_unref(w);
    acc_stream_close(a); /* sends what is queued first */
    read_all(b, SIZE);
    CHECK(acc_run_until_complete(l, acc_read(b, in, 1)) == 0);

    /* The other end is gone: a reset, told to a writer sooner or later as a value. */
    long n = 0;
    for (int i = 0; i < 100 && n >= 0; i++) {
        n = acc_run_until_complete(l, acc_write(b, data, 1000));
        CHECK(acc_loop_error(l) == 0);
    }
    CHECK(n == UV_EPIPE || n == UV_ECONNRESET);
    acc_stream_close(b);

    int port = acc_listener_port(listener);
    pair(&a, &b); /* what is still queued when the loop is closed is dropped with it */
    w = acc_loop_spawn(l, acc_write(a, data, SIZE));
    turn();
    acc_task_cancel(w);
    acc_run_until_complete(l, w);
    acc_unref(w);
    acc_stream_close(a);
    acc_listener_close(listener);
    acc_stream *none = NULL;
    CHECK(acc_run_until_complete(l, acc_tcp_connect("127.0.0.1", port, &none)) == UV_ECONNREFUSED &&
          !none);
    CHECK(acc_run_until_complete(l, acc_tcp_connect("127.0.0.1", 70000, &none)) == UV_EINVAL &&
          !none);
    CHECK(acc_loop_close(l) == 0);
    free(data), free(in);
    return 0;
}
