/* SPDX-License-Identifier: MIT */
/* sync.c: what blocks in the sequential program of sync.h.
 *
 * Each operation is the one of acc.h, run on this thread's loop until it is done: the same results
 * and the same codes.  Between two calls the loop does not run, so what acc_write leaves to it is
 * waited for. */
#include "internal.h"
#include <stdlib.h>

void acc__sync_throw(int code) __attribute__((noreturn));
int acc__sync_accept(acc_listener *listener, acc_stream **out);
int acc__sync_tcp_connect(const char *host, int port, acc_stream **out);
long acc__sync_read(acc_stream *stream, void *buf, size_t size);
long acc__sync_write(acc_stream *stream, const void *buf, size_t size);
void acc__sync_stream_close(acc_stream *stream);
void acc__sync_listener_close(acc_listener *listener);

/* Of an operation that was run: its value, or why it could not be run. */
static long outcome(acc_loop *l, long value)
{
    int rc = l ? acc_loop_error(l) : ACC_ENOMEM;
    return rc < 0 ? rc : value;
}

/* Lets the loop do what is due. */
static void turn(double seconds)
{
    acc_loop *l = acc_get_event_loop();
    if (l) acc_run_until_complete(l, acc_sleep(seconds));
}

void acc__sync_throw(int code)
{
    report_failure(NULL, "the program failed", code, NULL);
    exit(1);
}

int acc__sync_accept(acc_listener *listener, acc_stream **out)
{
    acc_loop *l = acc_get_event_loop();
    int rc = l ? acc_run_until_complete(l, acc_accept(listener, out)) : 0;
    return (int)outcome(l, rc);
}

int acc__sync_tcp_connect(const char *host, int port, acc_stream **out)
{
    acc_loop *l = acc_get_event_loop();
    int rc = l ? acc_run_until_complete(l, acc_tcp_connect(host, port, out)) : 0;
    return (int)outcome(l, rc);
}

long acc__sync_read(acc_stream *stream, void *buf, size_t size)
{
    acc_loop *l = acc_get_event_loop();
    long rc = l ? acc_run_until_complete(l, acc_read(stream, buf, size)) : 0;
    return outcome(l, rc);
}

long acc__sync_write(acc_stream *stream, const void *buf, size_t size)
{
    acc_loop *l = acc_get_event_loop();
    long rc = l ? acc_run_until_complete(l, acc_write(stream, buf, size)) : 0;
    while (rc >= 0 && stream->tcp.write_queue_size > 0 && !stream->write_err)
        turn(0.001);
    return outcome(l, rc);
}

void acc__sync_stream_close(acc_stream *stream)
{
    acc_stream_close(stream);
    turn(0);
}

void acc__sync_listener_close(acc_listener *listener)
{
    acc_listener_close(listener);
    turn(0);
}
