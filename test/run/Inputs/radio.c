#include "radio.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct radio {
    radio_heard *heard;
    void *arg;
    struct radio *next;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct timespec until;
    int off;
};

static struct radio *first;

struct radio *radio_listen(radio_heard *heard, void *arg)
{
    struct radio *r = calloc(1, sizeof *r), **p = &first;
    r->heard = heard;
    r->arg = arg;
    while (*p) p = &(*p)->next;
    return *p = r;
}

void radio_ignore(struct radio *r)
{
    struct radio **p = &first;
    while (*p && *p != r) p = &(*p)->next;
    if (!*p) abort();
    *p = r->next;
    free(r);
}

void radio_poll(int message)
{
    struct radio *r = first;
    if (!r) return;
    first = r->next;
    r->heard(message, r->arg);
    free(r);
}

static void *radio_run(void *arg)
{
    struct radio *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->off && pthread_cond_timedwait(&r->changed, &r->lock, &r->until) == 0) continue;
    int off = r->off;
    pthread_mutex_unlock(&r->lock);
    if (!off) r->heard(99, r->arg);
    return NULL;
}

struct radio *radio_tune(double seconds, radio_heard *heard, void *arg)
{
    struct radio *r = calloc(1, sizeof *r);
    r->heard = heard;
    r->arg = arg;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    clock_gettime(CLOCK_REALTIME, &r->until);
    r->until.tv_sec += (time_t)seconds;
    r->until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    if (r->until.tv_nsec >= 1000000000) r->until.tv_sec++, r->until.tv_nsec -= 1000000000;
    pthread_create(&r->thread, NULL, radio_run, r);
    return r;
}

void radio_off(struct radio *r)
{
    pthread_mutex_lock(&r->lock);
    r->off = 1;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
