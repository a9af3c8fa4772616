/* SPDX-License-Identifier: MIT */
/* connect.c: connecting to a TCP host.
 *
 * An address is connected to at once; a name is looked up on libuv's pool and its addresses are
 * tried in turn.  The attempt lives on the heap, because neither a look-up nor a connect can be
 * unlinked: cancelling forgets who waits, and the attempt frees itself in the callback that is
 * still to come. */
#include "internal.h"

struct attempt {
    uv_getaddrinfo_t look_up;
    uv_connect_t connect;
    acc_loop *loop;
    acc_task *task; /* who waits; NULL: cancelled */
    struct acc_tcp_connect__wait *w;
    struct addrinfo *found, *next; /* of a name; next one to try */
    acc_stream *stream;            /* being connected */
    int port;
};

static void attempt_free(struct attempt *a)
{
    if (a->found) uv_freeaddrinfo(a->found);
    acc_loop *l = a->loop;
    mem_free(a);
    l->outside--;
    attached_progress(l);
}

/* No callback is outstanding. */
static void attempt_end(struct attempt *a, int rc, acc_stream *s)
{
    struct acc_tcp_connect__wait *w = a->w;
    if (!a->task) {
        if (s) acc_stream_close(s);
    } else if (rc < 0) {
        w->value = rc;
        task_wake(a->task, 0);
    } else {
        w->value = 0;
        w->op_ = s;
        w->old_ = *w->out_;
        *w->out_ = s;
        task_hand(a->task);
    }
    attempt_free(a);
}

static void on_connect(uv_connect_t *req, int status);

static int connect_to(struct attempt *a, const struct sockaddr *addr)
{
    acc_stream *s = stream_new(a->loop);
    if (!s) return ACC_ENOMEM;
    a->connect.data = a;
    int rc = uv_tcp_connect(&a->connect, &s->tcp, addr, on_connect);
    if (rc < 0)
        stream_abort(s);
    else
        a->stream = s;
    return rc;
}

/* 0: one is being tried; else none is left, and why the last failed. */
static int connect_next(struct attempt *a, int rc)
{
    while (a->task && a->next) {
        struct addrinfo *i = a->next;
        a->next = i->ai_next;
        if (i->ai_family == AF_INET)
            ((struct sockaddr_in *)(void *)i->ai_addr)->sin_port = htons((uint16_t)a->port);
        else if (i->ai_family == AF_INET6)
            ((struct sockaddr_in6 *)(void *)i->ai_addr)->sin6_port = htons((uint16_t)a->port);
        else
            continue;
        rc = connect_to(a, i->ai_addr);
        if (rc == 0) return 0;
    }
    return rc;
}

static void on_connect(uv_connect_t *req, int status)
{
    struct attempt *a = req->data;
    acc_stream *s = a->stream;
    a->stream = NULL;
    if (status == 0) {
        (void)uv_tcp_nodelay(&s->tcp, 1);
        attempt_end(a, 0, s);
        return;
    }
    if (!s->closing) stream_abort(s);
    status = connect_next(a, status);
    if (status < 0) attempt_end(a, status, NULL);
}

static void on_found(uv_getaddrinfo_t *req, int status, struct addrinfo *found)
{
    struct attempt *a = req->data;
    a->found = a->next = found;
    if (status == 0) status = connect_next(a, UV_EAI_NONAME);
    if (status < 0) attempt_end(a, status, NULL);
}

static int attempt_start(struct attempt *a, const char *host)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } addr;
    if (uv_ip4_addr(host, a->port, &addr.four) == 0 || uv_ip6_addr(host, a->port, &addr.six) == 0)
        return connect_to(a, &addr.any);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    a->look_up.data = a;
    return uv_getaddrinfo(a->loop->uv, &a->look_up, on_found, host, NULL, &hints);
}

static void connect_cancel(acc_task *t, void *obj, int err)
{
    struct acc_tcp_connect__wait *w = obj;
    struct attempt *a = w->op_;
    a->task = NULL;
    if (a->stream)
        stream_abort(a->stream); /* on_connect follows */
    else
        (void)uv_cancel((uv_req_t *)&a->look_up); /* on_found follows, sooner or later */
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

static void connect_give_back(acc_task *t, void *obj)
{
    struct acc_tcp_connect__wait *w = obj;
    (void)t;
    *w->out_ = w->old_;
    acc_stream_close(w->op_);
}

const acc_wait_ops connect_ops = {connect_cancel, connect_give_back, "connect"};

int connect_port(const void *obj)
{
    return ((struct attempt *)((const struct acc_tcp_connect__wait *)obj)->op_)->port;
}

acc_coro *acc_tcp_connect__await(acc_coro *self, struct acc_tcp_connect__wait *w, const char *host,
                                 int port, acc_stream **out)
{
    acc_task *t = acc__tls.task;
    acc_loop *l = loop_current();
    if (task_refuses(t, self)) return task_refused(t, self);
    if (!host || port < 0 || port > 65535) {
        w->value = UV_EINVAL;
        return self;
    }
    struct attempt *a = l ? mem_alloc(sizeof *a) : NULL;
    if (!a) {
        w->value = ACC_ENOMEM;
        return self;
    }
    memset(a, 0, sizeof *a);
    a->loop = l;
    l->outside++;
    a->task = t;
    a->w = w;
    a->port = port;
    int rc = attempt_start(a, host);
    if (rc < 0) {
        w->value = rc;
        attempt_free(a);
        return self;
    }
    w->op_ = a;
    w->out_ = out;
    task_wait(t, self, &connect_ops, w);
    return NULL;
}

/* ---- as a coroutine ---- */

struct connect_frame {
    acc_coro hd;
    int value;
    int port;
    acc_stream **out;
    struct acc_tcp_connect__wait w;
    char host[];
};
static const acc_info connect_info = {"acc_tcp_connect", NULL, sizeof(struct connect_frame), 2,
                                      NULL};

OP_RESUME(connect, struct connect_frame, acc_tcp_connect__await(self, &f->w, f->host, f->port, f->out),
          f->value = f->w.value)

future(int) acc_tcp_connect(const char *host, int port, acc_stream **out)
{
    if (!host) host = ""; /* refused when it runs */
    size_t size = strlen(host) + 1;
    struct connect_frame *f = acc__make(sizeof *f + size, connect_resume);
    if (!f) return (future(int))acc__no_memory();
    memcpy(f->host, host, size);
    f->port = port;
    f->out = out;
    return (future(int))(void *)f;
}
