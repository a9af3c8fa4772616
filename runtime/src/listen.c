/* SPDX-License-Identifier: MIT */
/* listen.c: listening for TCP connections and accepting them.
 *
 * A connection is taken from libuv only when somebody waits for one; until then libuv stops
 * watching the socket, and the kernel's backlog holds the rest back.  An accepted stream whose task
 * was cancelled before it ran goes to the next that waits, or is kept for it. */
#include "internal.h"

struct acc_listener {
    struct resource r;
    uv_tcp_t tcp;
    acc_job *waiters;
    acc_stream **kept; /* given back, oldest first */
    size_t nkept;
    int err;      /* of libuv's, for the next acc_accept */
    bool pending; /* libuv holds a connection for uv_accept */
    bool closing;
};

static void on_closed(uv_handle_t *h)
{
    resource_release_later(h->data);
}

static void listener_release(struct resource *r)
{
    mem_free(((acc_listener *)(void *)r)->kept);
    mem_free(r);
}

static int listener_accept(acc_listener *l, acc_stream **out)
{
    acc_stream *s = stream_new(l->r.loop);
    if (!s) return ACC_ENOMEM;
    int rc = uv_accept((uv_stream_t *)&l->tcp, (uv_stream_t *)&s->tcp);
    if (rc < 0) {
        stream_abort(s);
        return rc;
    }
    l->pending = false;
    (void)uv_tcp_nodelay(&s->tcp, 1);
    *out = s;
    return 0;
}

/* It can wake nobody while nobody waits. */
static void listener_ref(acc_listener *l)
{
    if (l->waiters)
        uv_ref((uv_handle_t *)&l->tcp);
    else
        uv_unref((uv_handle_t *)&l->tcp);
}

static acc_task *waiter_pop(acc_listener *l)
{
    acc_task *t = (acc_task *)waitq_pop(&l->waiters);
    listener_ref(l);
    return t;
}

/* The one that waits longest gets s. */
static void waiter_hand(acc_listener *l, acc_stream *s)
{
    acc_task *t = waiter_pop(l);
    struct acc_accept__wait *w = t->obj;
    w->stream_ = s;
    w->old_ = *w->out_;
    *w->out_ = s;
    w->value = 0;
    task_hand(t);
}

static void waiter_fail(acc_listener *l, int err)
{
    acc_task *t = waiter_pop(l);
    ((struct acc_accept__wait *)t->obj)->value = err;
    task_wake(t, 0);
}

static void on_connection(uv_stream_t *h, int status)
{
    acc_listener *l = h->data;
    acc_stream *s = NULL;
    if (status == 0) l->pending = true;
    if (!l->waiters) {
        if (status < 0) l->err = status;
        return;
    }
    if (status == 0) status = listener_accept(l, &s);
    if (status < 0)
        waiter_fail(l, status);
    else
        waiter_hand(l, s);
}

static void accept_cancel(acc_task *t, void *obj, int err)
{
    struct acc_accept__wait *w = obj;
    (void)waitq_remove(&w->listener_->waiters, &t->job);
    listener_ref(w->listener_);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

static void accept_give_back(acc_task *t, void *obj)
{
    struct acc_accept__wait *w = obj;
    acc_listener *l = w->listener_;
    acc_stream *s = w->stream_;
    (void)t;
    *w->out_ = w->old_;
    if (l && l->closing) l = NULL;
    if (l && l->waiters) {
        waiter_hand(l, s);
        return;
    }
    acc_stream **kept = l ? mem_realloc(l->kept, (l->nkept + 1) * sizeof(acc_stream *)) : NULL;
    if (!kept) {
        acc_stream_close(s);
        return;
    }
    l->kept = kept;
    l->kept[l->nkept++] = s;
}

const acc_wait_ops accept_ops = {accept_cancel, accept_give_back, "accept"};

acc_coro *acc_accept__await(acc_coro *self, struct acc_accept__wait *w, acc_listener *l,
                            acc_stream **out)
{
    acc_task *t = acc__tls.task;
    w->value = 0;
    if (l->closing)
        w->value = UV_ECANCELED;
    else if (l->r.loop != loop_current())
        w->value = ACC_EOTHERLOOP;
    else if (l->nkept > 0) {
        *out = l->kept[0];
        memmove(l->kept, l->kept + 1, --l->nkept * sizeof(acc_stream *));
    } else if (l->pending)
        w->value = listener_accept(l, out);
    else if (l->err) {
        w->value = l->err;
        l->err = 0;
    } else {
        if (task_refuses(t, self)) return task_refused(t, self);
        w->listener_ = l;
        w->out_ = out;
        waitq_push(&l->waiters, &t->job);
        listener_ref(l);
        task_wait(t, self, &accept_ops, w);
        return NULL;
    }
    return self;
}

static void listener_abort(struct resource *r)
{
    acc_listener_close((acc_listener *)(void *)r);
}

void acc_listener_close(acc_listener *l)
{
    if (!l || l->closing) return;
    l->closing = true;
    resource_remove(&l->r);
    while (l->waiters)
        waiter_fail(l, UV_ECANCELED);
    for (size_t i = 0; i < l->nkept; i++)
        acc_stream_close(l->kept[i]);
    l->nkept = 0;
    uv_close((uv_handle_t *)&l->tcp, on_closed);
}

int acc_listener_port(acc_listener *l)
{
    struct sockaddr_storage a;
    int size = sizeof a;
    int rc = uv_tcp_getsockname(&l->tcp, (struct sockaddr *)&a, &size);
    if (rc < 0) return rc;
    if (a.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&a)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&a)->sin_port);
}

/* ---- making one ---- */

static int listen_on(acc_loop *loop, const struct sockaddr *a, int backlog, acc_listener **out)
{
    acc_listener *l = mem_alloc(sizeof *l);
    if (!l) return ACC_ENOMEM;
    memset(l, 0, sizeof *l);
    int rc = uv_tcp_init(loop->uv, &l->tcp);
    if (rc < 0) {
        mem_free(l);
        return rc;
    }
    l->tcp.data = l;
    uv_unref((uv_handle_t *)&l->tcp);
    l->r.abort = listener_abort;
    l->r.release = listener_release;
    l->r.name = "listener";
    resource_add(&l->r, loop);
    rc = uv_tcp_bind(&l->tcp, a, 0);
    if (rc == 0) rc = uv_listen((uv_stream_t *)&l->tcp, backlog, on_connection);
    if (rc < 0)
        acc_listener_close(l);
    else
        *out = l;
    return rc;
}

static int listen_all(acc_loop *loop, int port, int backlog, acc_listener **out)
{
    struct sockaddr_in6 six;
    struct sockaddr_in four;
    int rc = uv_ip6_addr("::", port, &six);
    if (rc == 0) rc = listen_on(loop, (struct sockaddr *)&six, backlog, out);
    if (rc != UV_EAFNOSUPPORT && rc != UV_EADDRNOTAVAIL && rc != UV_EINVAL) return rc;
    rc = uv_ip4_addr("0.0.0.0", port, &four);
    return rc < 0 ? rc : listen_on(loop, (struct sockaddr *)&four, backlog, out);
}

/* On the first of its addresses that works. */
static int listen_name(acc_loop *loop, const char *host, int port, int backlog, acc_listener **out)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    uv_getaddrinfo_t req;
    int rc = uv_getaddrinfo(loop->uv, &req, NULL, host, NULL, &hints);
    if (rc < 0) return rc;
    rc = UV_EAI_NONAME;
    for (struct addrinfo *a = req.addrinfo; a; a = a->ai_next) {
        if (a->ai_family == AF_INET)
            ((struct sockaddr_in *)(void *)a->ai_addr)->sin_port = htons((uint16_t)port);
        else if (a->ai_family == AF_INET6)
            ((struct sockaddr_in6 *)(void *)a->ai_addr)->sin6_port = htons((uint16_t)port);
        else
            continue;
        rc = listen_on(loop, a->ai_addr, backlog, out);
        if (rc == 0) break;
    }
    uv_freeaddrinfo(req.addrinfo);
    return rc;
}

int acc_tcp_listen(const char *host, int port, int backlog, acc_listener **out)
{
    acc_loop *loop = loop_current();
    if (!loop) return ACC_ENOMEM;
    if (port < 0 || port > 65535) return UV_EINVAL;
    return host ? listen_name(loop, host, port, backlog, out)
                : listen_all(loop, port, backlog, out);
}

/* ---- as a coroutine ---- */

struct accept_frame {
    acc_coro hd;
    int value;
    acc_listener *l;
    acc_stream **out;
    struct acc_accept__wait w;
};
static const acc_info accept_info = {"acc_accept", NULL, sizeof(struct accept_frame), 2, NULL};

OP_RESUME(accept, struct accept_frame, acc_accept__await(self, &f->w, f->l, f->out), f->value = f->w.value)

future(int) acc_accept(acc_listener *l, acc_stream **out)
{
    struct accept_frame *f = acc__make(sizeof *f, accept_resume);
    if (!f) return (future(int))acc__no_memory();
    f->l = l;
    f->out = out;
    return (future(int))(void *)f;
}
