/* SPDX-License-Identifier: MIT */
/* virtual.c: loops under test: the clock that jumps, the order a seed decides, the hook before each
 * generation.
 *
 * All of it stands behind ATTEND_TEST, which keeps the loop's turns at 0: so every generation comes
 * by the slow path and is followed by a poll, and the fast one knows nothing of it.  The clock is
 * read by loop_clock and acc_time alone; it moves here only: when the alarm goes off, which
 * test_prepare sets before each poll and every generation stops.
 *
 * The order is a MergeShuffle (Bacher, Bodini, Hollender, Lumbroso, 2015): halves are shuffled and
 * merged, each next one taken with a probability as large as its share of what is left, which makes
 * every order equally likely and needs no memory.  Random numbers are those of splitmix64 (Steele,
 * Lea, Flood, 2014), integers only. */
#include "internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { IO_WAIT = 1 }; /* ms */

/* ---- the order ---- */

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

static acc_job *shuffle(uint64_t *state, acc_job *first, uint32_t n)
{
    if (n < 2) return first;
    uint32_t na = n / 2, nb = n - na;
    acc_job *last = first;
    for (uint32_t i = 1; i < na; i++)
        last = last->next;
    acc_job *b = last->next, *out = NULL, **end = &out;
    last->next = NULL;
    acc_job *a = shuffle(state, first, na);
    b = shuffle(state, b, nb);
    while (na && nb) {
        bool left = random_below(state, na + nb) < na;
        acc_job **from = left ? &a : &b;
        *end = *from;
        end = &(*end)->next;
        *from = *from ? (*from)->next : NULL;
        if (left)
            na--;
        else
            nb--;
    }
    *end = na ? a : b;
    return out;
}

/* Only what is the program's own is permuted.  The rest keeps its order behind it: above all memory
 * is freed behind the tasks that may have to give it back. */
void test_order(acc_loop *l)
{
    if (!l->test.order) return;
    acc_job *mine = NULL, **end = &mine, *others = NULL, **others_end = &others;
    uint32_t n = 0;
    *acc__tls.tail = NULL;
    for (acc_job *j = l->queue.next; j; j = j->next) {
        if (job_is_task(j) || j->leaf == &acc__hooks[HOOK_CALLBACK]) {
            *end = j;
            end = &j->next;
            n++;
        } else {
            *others_end = j;
            others_end = &j->next;
        }
    }
    *end = *others_end = NULL;
    l->queue.next = shuffle(&l->test.random, mine, n);
    for (end = &l->queue.next; *end;)
        end = &(*end)->next;
    *end = others;
    acc__tls.tail = others ? others_end : end;
}

bool test_generation(acc_loop *l)
{
    struct under_test *t = &l->test;
    if (t->clock) uv_timer_stop(&l->alarm); /* something runs: it is not yet time to jump */
    t->generation++;
    if (!t->hook || t->hook(l, t->generation, t->hook_arg)) return true;
    t->generation--;
    loop_attend(l, ATTEND_STOP);
    return false;
}

/* ---- the clock ---- */

static uint64_t to_ms(uint64_t ns)
{
    return (ns + 999999) / 1000000;
}

/* The next deadline is one that the clock can jump to. */
bool test_can_jump(const acc_loop *l)
{
    return l->timers.count && l->timers.at[0].when < TIME_NEVER;
}

/* How long, in ms, the real world gets before the clock jumps.  The alarm is not set. */
static uint64_t real_wait(acc_loop *l)
{
    uint64_t due = l->timers.at[0].when, left = due > l->test.now ? to_ms(due - l->test.now) : 0;
    if (l->holds || l->outside) return left;
    if (!uv_loop_alive(l->uv)) return 0;
    return left < l->test.io_wait ? left : l->test.io_wait;
}

static void on_jump(uv_timer_t *h)
{
    acc_loop *l = h->data;
    if (uv_is_active((uv_handle_t *)&l->idle) || !test_can_jump(l)) return;
    uint64_t due = l->timers.at[0].when;
    if (l->test.now < due) l->test.now = due;
}

void test_prepare(acc_loop *l)
{
    uv_timer_stop(&l->alarm);
    if (uv_is_active((uv_handle_t *)&l->idle) || !test_can_jump(l)) return;
    uint64_t wait = real_wait(l);
    uv_update_time(l->uv);
    uv_timer_start(&l->alarm, on_jump, wait, 0);
}

/* ---- for people ---- */

int acc_test_begin(acc_loop *l, unsigned long long seed, unsigned flags)
{
    if (!l || flags & ~(unsigned)ACC_TEST_REAL_CLOCK) return UV_EINVAL;
    if (l->attached) return UV_ENOTSUP;
    bool clock = !(flags & ACC_TEST_REAL_CLOCK);
    if (l->running || (l->timers.count && clock != l->test.clock)) return UV_EBUSY;
    l->attention |= ATTEND_TEST;
    l->test.order = seed != 0;
    l->test.random = seed;
    if (clock == l->test.clock) return 0;
    l->test.clock = clock;
    l->armed = 0;
    l->test.io_wait = IO_WAIT;
    loop_clock(l);
    return 0;
}

acc_loop *acc_test_loop(unsigned long long seed, unsigned flags)
{
    acc_loop *l = acc_loop_new();
    if (!l || acc_test_begin(l, seed, flags) == 0) return l;
    acc_loop_close(l);
    return NULL;
}

int acc_test_advance(acc_loop *l, double seconds)
{
    if (!l || !l->test.clock) return UV_EINVAL;
    uint64_t then = time_after(l->test.now, seconds);
    l->test.now = then < TIME_NEVER / 2 ? then : TIME_NEVER / 2; /* sleeps still come */
    loop_clock(l);
    return 0;
}

int acc_test_io_wait(acc_loop *l, double seconds)
{
    if (!l || !l->test.clock) return UV_EINVAL;
    l->test.io_wait = to_ms(time_after(0, seconds));
    return 0;
}

int acc_test_on_generation(acc_loop *l, acc_test_hook *hook, void *arg)
{
    if (!l || !(l->attention & ATTEND_TEST)) return UV_EINVAL;
    l->test.hook = hook;
    l->test.hook_arg = arg;
    l->test.generation = 0;
    return 0;
}

/* ---- from outside ---- */

static bool seed_read(const char *word, unsigned long long *seed)
{
    char *end;
    if (*word < '0' || *word > '9') return false;
    errno = 0;
    *seed = strtoull(word, &end, 0);
    return *end == 0 && errno == 0;
}

static const char *environment(const char *name)
{
    const char *word = getenv(name);
    return word && *word ? word : NULL;
}

void test_from_environment(acc_loop *l)
{
    const char *clock = environment("ACC_TEST_CLOCK"), *word = environment("ACC_TEST_SEED");
    unsigned long long seed = 0;
    if (clock && strcmp(clock, "virtual") != 0) {
        fprintf(stderr, "acc: ACC_TEST_CLOCK is '%s', not 'virtual': ignored\n", clock);
        clock = NULL;
    }
    if (word && !seed_read(word, &seed)) {
        fprintf(stderr, "acc: ACC_TEST_SEED is '%s', not a number: ignored\n", word);
        word = NULL;
    }
    if (clock || word) (void)acc_test_begin(l, seed, clock ? 0 : ACC_TEST_REAL_CLOCK);
}
