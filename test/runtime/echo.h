/* SPDX-License-Identifier: MIT */
/* echo.h: a TCP echo server and a client, written by hand as the translator would emit them. */
#ifndef ECHO_H
#define ECHO_H

#include "coro.h"

/* async void serve(acc_stream *s) {
 *     char buf[256]; long n;
 *     while ((n = await acc_read(s, buf, sizeof buf)) > 0 && await acc_write(s, buf, n) == n) { }
 *     acc_stream_close(s);                                                        also on failure
 * } */
struct serve__frame {
    acc_coro hd;
    acc_stream *s;
    long n;
    union {
        struct acc_read__wait read;
        struct acc_write__wait write;
    } u;
    char buf[256];
};
static const acc_info serve__info = {"serve", NULL, sizeof(struct serve__frame), 3, NULL};

UNUSED static acc_coro *serve__resume(acc_coro *self)
{
    struct serve__frame *f = (struct serve__frame *)(void *)self;
    acc_coro *r;
    long n;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    case 2: goto S2;
    default: return acc__odd(self, &serve__info);
    }
    for (;;) {
        if ((r = acc_read__await(self, &f->u.read, f->s, f->buf, sizeof f->buf)) != self) {
            return acc__suspend(self, 1, r);
S1:;
        }
        if (self->err) break;
        n = f->u.read.value;
        if (n <= 0) break;
        if ((r = acc_write__await(self, &f->u.write, f->s, f->buf, (size_t)n)) != self) {
            f->n = n;
            return acc__suspend(self, 2, r);
S2:;
            n = f->n;
        }
        if (self->err || f->u.write.value != n) break;
    }
    acc_stream_close(f->s);
    return self->err ? acc__fail(self) : self->awaiter;
}

UNUSED static future(void) serve(acc_stream *s)
{
    struct serve__frame *f = acc__make(sizeof *f, serve__resume);
    if (!f) return (future(void))acc__no_memory();
    f->s = s;
    return (future(void))(void *)f;
}

/* async void server(acc_listener *l) { acc_stream *s; while (await acc_accept(l, &s) == 0)
 * acc_go(serve(s)); } */
struct server__frame {
    acc_coro hd;
    acc_listener *l;
    acc_stream *s;
    struct acc_accept__wait accept;
};
static const acc_info server__info = {"server", NULL, sizeof(struct server__frame), 2, NULL};

UNUSED static acc_coro *server__resume(acc_coro *self)
{
    struct server__frame *f = (struct server__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &server__info);
    }
    for (;;) {
        if ((r = acc_accept__await(self, &f->accept, f->l, &f->s)) != self) {
            return acc__suspend(self, 1, r);
S1:;
        }
        if (self->err) return acc__fail(self);
        if (f->accept.value < 0) return self->awaiter;
        acc_go(serve(f->s));
    }
}

UNUSED static future(void) server(acc_listener *l)
{
    struct server__frame *f = acc__make(sizeof *f, server__resume);
    if (!f) return (future(void))acc__no_memory();
    f->l = l;
    return (future(void))(void *)f;
}

/* async long client(const char *host, int port, int rounds, size_t size): sends `rounds` messages
 * of `size` bytes and reads each back; how many bytes came back right, or a negative code. */
struct client__frame {
    acc_coro hd;
    long value;
    const char *host;
    int port, rounds, round;
    size_t size, got;
    long sum;
    acc_stream *s;
    union {
        struct acc_tcp_connect__wait connect;
        struct acc_read__wait read;
        struct acc_write__wait write;
    } u;
    char out[1000], in[1000];
};
static const acc_info client__info = {"client", NULL, sizeof(struct client__frame), 4, NULL};

UNUSED static acc_coro *client__resume(acc_coro *self)
{
    struct client__frame *f = (struct client__frame *)(void *)self;
    acc_coro *r;
    long rc;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    case 2: goto S2;
    case 3: goto S3;
    default: return acc__odd(self, &client__info);
    }
    f->s = NULL;
    f->sum = 0;
    if ((r = acc_tcp_connect__await(self, &f->u.connect, f->host, f->port, &f->s)) != self) {
        return acc__suspend(self, 1, r);
S1:;
    }
    rc = f->u.connect.value;
    if (self->err || rc < 0) goto OUT;
    for (f->round = 0; f->round < f->rounds; f->round++) {
        memset(f->out, 'a' + f->round % 26, f->size);
        if ((r = acc_write__await(self, &f->u.write, f->s, f->out, f->size)) != self) {
            return acc__suspend(self, 2, r);
S2:;
        }
        rc = f->u.write.value;
        if (self->err || rc < 0) goto OUT;
        for (f->got = 0; f->got < f->size; f->got += (size_t)rc) {
            if ((r = acc_read__await(self, &f->u.read, f->s, f->in + f->got, f->size - f->got)) !=
                self) {
                return acc__suspend(self, 3, r);
S3:;
            }
            rc = f->u.read.value;
            if (self->err || rc <= 0) goto OUT;
        }
        if (memcmp(f->in, f->out, f->size) != 0) abort();
        f->sum += (long)f->size;
    }
    rc = f->sum;
OUT:
    acc_stream_close(f->s);
    f->value = rc;
    return self->err ? acc__fail(self) : self->awaiter;
}

UNUSED static future(long) client(const char *host, int port, int rounds, size_t size)
{
    struct client__frame *f = acc__make(sizeof *f, client__resume);
    if (!f) return (future(long))acc__no_memory();
    f->host = host;
    f->port = port;
    f->rounds = rounds;
    f->size = size;
    return (future(long))(void *)f;
}

#endif
