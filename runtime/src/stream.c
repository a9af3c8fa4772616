/* SPDX-License-Identifier: MIT */
/* stream.c: reading, writing and closing a TCP stream.
 *
 * Reading stays on: a stop and a start each time would cost two epoll_ctl.  Bytes go straight into
 * the buffer of who waits; else into the stream's own, and only when that is full is reading
 * stopped.  Writing tries the system call first and queues a copy of the rest.  So an echo is one
 * read, one write and one epoll_wait. */
#include "internal.h"

enum {
    BUFFER_MIN = 16 * 1024,
    BUFFER_MAX = 64 * 1024,
    QUEUE_HIGH = 64 * 1024,
    QUEUE_LOW = 16 * 1024
};

static void on_closed(uv_handle_t *h)
{
    resource_release_later(h->data);
}

static void stream_release(struct resource *r)
{
    acc_stream *s = (acc_stream *)(void *)r;
    mem_free(s->buf);
    mem_free(s);
}

static void stream_abort_resource(struct resource *r)
{
    stream_abort((acc_stream *)(void *)r);
}

acc_stream *stream_new(acc_loop *l)
{
    acc_stream *s = mem_alloc(sizeof *s);
    if (!s) return NULL;
    memset(s, 0, sizeof *s);
    if (uv_tcp_init(l->uv, &s->tcp) < 0) {
        mem_free(s);
        return NULL;
    }
    s->tcp.data = s;
    uv_unref((uv_handle_t *)&s->tcp); /* can wake nobody while nobody reads */
    s->r.abort = stream_abort_resource;
    s->r.release = stream_release;
    s->r.name = "stream";
    resource_add(&s->r, l);
    return s;
}

/* ---- reading ---- */

/* Makes room for `more` bytes behind what is buffered. */
static bool buffer_reserve(acc_stream *s, size_t more)
{
    if (s->len == 0) s->start = 0;
    if (s->room - s->start - s->len >= more) return true;
    if (s->start > 0) {
        memmove(s->buf, s->buf + s->start, s->len);
        s->start = 0;
        if (s->room - s->len >= more) return true;
    }
    size_t room = s->room ? s->room * 2 : BUFFER_MIN;
    while (room - s->len < more)
        room *= 2;
    char *buf = mem_realloc(s->buf, room);
    if (!buf) return false;
    s->buf = buf;
    s->room = room;
    return true;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    acc_stream *s = h->data;
    (void)suggested;
    *buf = uv_buf_init(NULL, 0);
    if (s->reader) {
        s->filled = false;
        *buf = uv_buf_init(s->reader->buf_, 0);
        buf->len = s->reader->size_;
    } else if (!s->filled && buffer_reserve(s, BUFFER_MIN / 4)) {
        buf->base = s->buf + s->start + s->len;
        buf->len = s->room - s->start - s->len;
    }
}

static void reading_stop(acc_stream *s)
{
    s->reading = false;
    uv_read_stop((uv_stream_t *)&s->tcp);
}

static void reader_set(acc_stream *s, struct acc_read__wait *w)
{
    s->reader = w;
    if (w)
        uv_ref((uv_handle_t *)&s->tcp);
    else
        uv_unref((uv_handle_t *)&s->tcp);
}

/* Ends the wait of the reader, if there is one, without bytes. */
static void reader_wake(acc_stream *s, long value)
{
    struct acc_read__wait *w = s->reader;
    if (!w) return;
    reader_set(s, NULL);
    w->value = value;
    task_wake(w->task_, 0);
}

static long read_result(int err)
{
    return err == UV_EOF ? 0 : err;
}

static void on_read(uv_stream_t *h, ssize_t n, const uv_buf_t *buf)
{
    acc_stream *s = h->data;
    struct acc_read__wait *w = s->reader;
    if (n == 0) return;
    if (n == UV_ENOBUFS && s->filled) {
        s->filled = false; /* the rest of what is there is for the next dispatch */
        return;
    }
    if (n < 0) {
        s->read_err = n == UV_ENOBUFS ? ACC_ENOMEM : (int)n;
        reading_stop(s);
        reader_wake(s, read_result(s->read_err));
        return;
    }
    if (w && buf->base == w->buf_) {
        s->filled = (size_t)n == w->size_; /* else libuv does not read again in this dispatch */
        reader_set(s, NULL);
        w->value = (long)n;
        task_hand(w->task_);
        return;
    }
    s->len += (size_t)n;
    if (s->len >= BUFFER_MAX) reading_stop(s);
}

static int reading_start(acc_stream *s)
{
    if (s->reading) return 0;
    int rc = uv_read_start((uv_stream_t *)&s->tcp, on_alloc, on_read);
    s->reading = rc == 0;
    return rc;
}

static long buffer_take(acc_stream *s, char *to, size_t size)
{
    size_t n = s->len < size ? s->len : size;
    memcpy(to, s->buf + s->start, n);
    s->start += n;
    s->len -= n;
    if (!s->reading && !s->read_err && s->len < BUFFER_MAX / 2) {
        int rc = reading_start(s);
        if (rc < 0) s->read_err = rc;
    }
    return (long)n;
}

static void read_cancel(acc_task *t, void *obj, int err)
{
    struct acc_read__wait *w = obj;
    reader_set(w->stream_, NULL);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

/* Who began to read after that one was woken gets what is there. */
static void reader_serve(acc_stream *s)
{
    struct acc_read__wait *w = s->reader;
    if (!w) return;
    reader_set(s, NULL);
    w->value = buffer_take(s, w->buf_, w->size_);
    task_hand(w->task_);
}

/* The bytes go back to the front of the buffer. */
static void read_give_back(acc_task *t, void *obj)
{
    struct acc_read__wait *w = obj;
    acc_stream *s = w->stream_;
    size_t n = (size_t)w->value;
    (void)t;
    if (s->closing) return;
    if (!buffer_reserve(s, n)) {
        s->read_err =
            ACC_ENOMEM; /* they are lost: nothing after them may be read as if they were not */
        s->len = 0;
        reader_wake(s, ACC_ENOMEM);
        return;
    }
    memmove(s->buf + s->start + n, s->buf + s->start, s->len);
    memcpy(s->buf + s->start, w->buf_, n);
    s->len += n;
    reader_serve(s);
}

const acc_wait_ops read_ops = {read_cancel, read_give_back, "read"};

acc_coro *acc_read__await(acc_coro *self, struct acc_read__wait *w, acc_stream *s, void *buf,
                          size_t size)
{
    acc_task *t = acc__tls.task;
    w->value = 0;
    if (size == 0)
        w->value = UV_EINVAL;
    else if (s->len > 0)
        w->value = buffer_take(s, buf, size);
    else if (s->closing)
        w->value = UV_ECANCELED;
    else if (s->read_err)
        w->value = read_result(s->read_err);
    else if (s->reader)
        w->value = UV_EBUSY;
    else if (s->r.loop != loop_current())
        w->value = ACC_EOTHERLOOP;
    else {
        if (task_refuses(t, self)) return task_refused(t, self);
        int rc = reading_start(s);
        w->value = rc;
        if (rc < 0) return self;
        w->task_ = t;
        w->stream_ = s;
        w->buf_ = buf;
        w->size_ = size;
        reader_set(s, w);
        task_wait(t, self, &read_ops, w);
        return NULL;
    }
    return self;
}

/* ---- writing ---- */

struct write {
    uv_write_t req;
    char bytes[];
};

/* Once the queue is short again, or broken. */
static void writers_wake(acc_stream *s, int err)
{
    while (s->writers) {
        acc_task *t = (acc_task *)waitq_pop(&s->writers);
        struct acc_write__wait *w = t->obj;
        if (err < 0) w->value = err;
        task_wake(t, 0);
    }
}

static void on_written(uv_write_t *req, int status)
{
    acc_stream *s = req->handle->data;
    mem_free(req->data);
    if (status < 0 && !s->write_err) s->write_err = status;
    if (status < 0 || s->tcp.write_queue_size <= QUEUE_LOW) writers_wake(s, s->write_err);
}

static int write_queue(acc_stream *s, const char *bytes, size_t size)
{
    struct write *q = mem_alloc(sizeof *q + size);
    if (!q) return ACC_ENOMEM;
    memcpy(q->bytes, bytes, size);
    q->req.data = q;
    uv_buf_t buf = uv_buf_init(q->bytes, 0);
    buf.len = size;
    int rc = uv_write(&q->req, (uv_stream_t *)&s->tcp, &buf, 1, on_written);
    if (rc < 0) mem_free(q);
    return rc;
}

/* Hands everything over: to the system, the rest to libuv. */
static int write_all(acc_stream *s, const char *bytes, size_t size)
{
    size_t sent = 0;
    if (s->tcp.write_queue_size == 0) {
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, 0);
        buf.len = size < 1u << 30 ? size : 1u << 30;
        int n = uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);
        if (n < 0 && n != UV_EAGAIN) return n;
        if (n > 0) sent = (size_t)n;
    }
    if (sent == size) return 0;
    int rc = write_queue(s, bytes + sent, size - sent);
    if (rc < 0) s->write_err = rc; /* a part may be sent: nothing may follow it */
    return rc;
}

static void write_cancel(acc_task *t, void *obj, int err)
{
    struct acc_write__wait *w = obj;
    (void)waitq_remove(&w->stream_->writers, &t->job);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

const acc_wait_ops write_ops = {write_cancel, NULL, "write"};

acc_coro *acc_write__await(acc_coro *self, struct acc_write__wait *w, acc_stream *s,
                           const void *buf, size_t size)
{
    acc_task *t = acc__tls.task;
    int rc = s->closing ? UV_ECANCELED : s->write_err;
    if (rc == 0 && s->r.loop != loop_current()) rc = ACC_EOTHERLOOP;
    if (rc == 0 && size > 0) rc = write_all(s, buf, size);
    w->value = rc < 0 ? rc : (long)size;
    if (rc < 0 || s->tcp.write_queue_size <= QUEUE_HIGH) return self;
    if (task_refuses(t, self)) return task_refused(t, self);
    w->stream_ = s;
    waitq_push(&s->writers, &t->job);
    task_wait(t, self, &write_ops, w);
    return NULL;
}

/* ---- closing ---- */

void stream_abort(acc_stream *s)
{
    s->closing = true;
    resource_remove(&s->r);
    reader_wake(s, UV_ECANCELED);
    writers_wake(s, UV_ECANCELED);
    uv_close((uv_handle_t *)&s->tcp, on_closed);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
    acc_stream *s = req->data;
    (void)status;
    if (!uv_is_closing((uv_handle_t *)&s->tcp)) stream_abort(s);
}

void acc_stream_close(acc_stream *s)
{
    if (!s || s->closing) return;
    s->closing = true;
    s->shutdown.data = s;
    if (s->tcp.write_queue_size == 0 || s->write_err ||
        uv_shutdown(&s->shutdown, (uv_stream_t *)&s->tcp, on_shutdown) < 0) {
        stream_abort(s);
        return;
    }
    reading_stop(s);
    reader_wake(s, UV_ECANCELED);
    writers_wake(s, UV_ECANCELED);
}

/* ---- as coroutines ---- */

struct read_frame {
    acc_coro hd;
    long value;
    acc_stream *s;
    void *buf;
    size_t size;
    struct acc_read__wait w;
};
static const acc_info read_info = {"acc_read", NULL, sizeof(struct read_frame), 2, NULL};

OP_RESUME(read, struct read_frame, acc_read__await(self, &f->w, f->s, f->buf, f->size),
          f->value = f->w.value)

future(long) acc_read(acc_stream *s, void *buf, size_t size)
{
    struct read_frame *f = acc__make(sizeof *f, read_resume);
    if (!f) return (future(long))acc__no_memory();
    f->s = s;
    f->buf = buf;
    f->size = size;
    return (future(long))(void *)f;
}

struct write_frame {
    acc_coro hd;
    long value;
    acc_stream *s;
    const void *buf;
    size_t size;
    struct acc_write__wait w;
};
static const acc_info write_info = {"acc_write", NULL, sizeof(struct write_frame), 2, NULL};

OP_RESUME(write, struct write_frame, acc_write__await(self, &f->w, f->s, f->buf, f->size),
          f->value = f->w.value)

future(long) acc_write(acc_stream *s, const void *buf, size_t size)
{
    struct write_frame *f = acc__make(sizeof *f, write_resume);
    if (!f) return (future(long))acc__no_memory();
    f->s = s;
    f->buf = buf;
    f->size = size;
    return (future(long))(void *)f;
}
