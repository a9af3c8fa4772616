/* SPDX-License-Identifier: MIT */
/* everywhere.c: runs a scenario (everywhere.h) under the virtual clock
 *
 *   plainly, counting its generations k: it must succeed; what it says is printed;
 *   with some seeds: it must succeed;
 *   for each i <= k with its main task cancelled before generation i, then again before i + 1, then
 *     under a seed: it must end cancelled;
 *   for each i and j with the j-th of all tasks cancelled before generation i: it must end, or wait
 *     for what never comes;
 *   for each i with the loop closed before generation i;
 *   for each n with the n-th allocation failing: it must fail, or do and say what it always does.
 *
 * "Before generation i" is after I/O and timers have woken the tasks that run in it.  After each run
 * what was taken was given back, the loop still works (where it was not closed), and there are as
 * many allocations and file descriptors as before.
 *
 * `program seed=S cancel=I` (again=1, task=J, close=I, fail=N) does one of these runs alone and
 * tells what the scenario says. */
#include "everywhere.h"
#include "../../runtime/failing.h"
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 400, /* of one kind, at most: spread evenly if there were more */
    TASKS = 64,
    SEEDS = 10,
    TEXT = 1 << 16
};

/* What is done to a run; 0: nothing. */
struct plan {
    unsigned long long seed;
    unsigned long cancel, again, task, close; /* generations; task: which one, from 1 */
    long fail;                                /* the n-th allocation */
};

#define END_OF_TIME 1e8 /* s; no scenario sleeps that long */

static struct plan plan;
static bool alone;               /* only one run, by hand */
static char text[TEXT], usual[TEXT];
static bool stuck;               /* nothing was left to happen but the end of time */
static int taken, reports;
static bool swallows, cancelled; /* cancelled: the request came before it was done */
static unsigned long generations, limit;
static void *main_task;

/* ---- what is counted ---- */

static int descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;
    while (folder && readdir(folder))
        n++;
    if (folder) closedir(folder);
    return n;
}

/* ---- what a scenario uses ---- */

static void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void wrong(const char *format, ...)
{
    va_list arguments;
    printf("WRONG seed=%llu cancel=%lu again=%lu task=%lu close=%lu fail=%ld: ", plan.seed, plan.cancel,
           plan.again, plan.task, plan.close, plan.fail);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n%s", text);
    fflush(stdout);
    abort();
}

void say(const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, TEXT - used, format, arguments);
    va_end(arguments);
}
void take(void)
{
    taken++;
}
void give(void)
{
    taken--;
}
void swallows_cancellation(void)
{
    swallows = true;
}
void must_hold(const char *file, int line, const char *what)
{
    wrong("%s:%d: %s", file, line, what);
}

static void on_failure(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)arg;
    reports++;
    if (alone) printf("told: %s, %s\n", f->message, acc_err_name(f->error));
}

/* ---- one run ---- */

static void cancel_nth(acc_loop *l, size_t nth)
{
    future(void) tasks[TASKS];
    size_t n = acc_all_tasks(l, tasks, TASKS);
    if (nth <= n && nth <= TASKS) acc_task_cancel(tasks[nth - 1]);
}

static bool before_generation(acc_loop *l, unsigned long generation, void *arg)
{
    (void)arg;
    generations = generation;
    if (generation > limit) wrong("does not end");
    if (generation == plan.close) return false;
    if (generation == plan.cancel && plan.task)
        cancel_nth(l, plan.task);
    else if (generation == plan.cancel || (plan.again && generation == plan.cancel + 1))
        cancelled |= acc_task_cancel((future(int))main_task) == 1;
    return true;
}

/* Cancels what is left, as acc_run does.  Who does not heed it is destroyed by acc_loop_close. */
static void end_others(acc_loop *l)
{
    future(void) tasks[TASKS];
    for (int i = 0; i < 100; i++) {
        size_t n = acc_all_tasks(l, tasks, TASKS);
        if (n == 0) return;
        for (size_t k = 0; k < n && k < TASKS; k++)
            acc_task_cancel(tasks[k]);
        acc_run_until_complete(l, acc_sleep(0.001));
    }
}

static void end_of_time(void *l)
{
    stuck = true;
    acc_loop_stop(l);
}

static void count_call(void *n)
{
    ++*(int *)n;
}

static void loop_still_works(acc_loop *l)
{
    int calls = 0;
    acc_call_soon(l, count_call, &calls);
    acc_call_later(l, 1, count_call, &calls);
    acc_run_until_complete(l, acc_sleep(2));
    if (acc_loop_error(l) < 0) wrong("the loop does not work afterwards: %s", acc_err_name(acc_loop_error(l)));
    if (calls != 2) wrong("the loop lost callbacks afterwards");
}

static void check_result(int error, int value)
{
    if (error == 0 && value > 0) wrong("result %d", value);
    if (plan.task) return;
    if (stuck || error == ACC_EDEADLOCK) wrong("waits for what never comes");
    if (plan.fail && refused) {
        if (error == 0 && value == 0 && strcmp(text, usual) != 0) wrong("succeeded, but said something else");
    } else if (cancelled && !swallows) {
        if (error != ACC_ECANCELED) wrong("cancelled, but ended with %s", acc_err_name(error));
    } else if (plan.cancel) {
        if (error != 0 && error != ACC_ECANCELED) wrong("cancelled, but ended with %s", acc_err_name(error));
    } else if (error || value) {
        wrong("ended with %s, %s", acc_err_name(error), acc_err_name(value));
    }
}

static void run_on(acc_loop *l)
{
    acc_loop_set_exception_handler(l, on_failure, NULL);
    acc_test_on_generation(l, before_generation, NULL);
    future(int) f = acc_loop_spawn(l, scenario());
    main_task = (void *)f;
    int value = acc_run_until_complete(l, f), error = acc_loop_error(l);
    acc_test_on_generation(l, NULL, NULL);
    left = -1;
    if (!plan.close || generations < plan.close) {
        check_result(error, value);
        end_others(l);
        loop_still_works(l);
    }
    acc_unref(f);
    main_task = NULL;
    if (alone) printf("%send: %s, %d\n", text, acc_err_name(error), value);
}

static void run_once(void)
{
    text[0] = 0;
    taken = reports = 0;
    generations = 0;
    swallows = cancelled = refused = stuck = false;
    int open = descriptors();
    left = plan.fail - 1;
    acc_loop *l = acc_test_loop(plan.seed, 0);
    if (l) {
        long rest = left;
        left = -1;
        acc_call_later(l, END_OF_TIME, end_of_time, l);
        left = rest;
        run_on(l);
        acc_loop_close(l);
    } else if (!refused) {
        wrong("no loop");
    }
    left = -1;
    if (taken) wrong("%d taken and not given back", taken);
    if (descriptors() != open) wrong("%d file descriptors more than before", descriptors() - open);
}

/* What the runtime keeps for reuse may grow, but not each time. */
static void run(struct plan p)
{
    plan = p;
    long before = live;
    for (int i = 0; i < 4; i++) {
        run_once();
        if (live <= before) return;
        if (i == 3) wrong("%ld allocations more than before", live - before);
        before = live;
    }
}

/* ---- all of them ---- */

static unsigned long step(unsigned long count)
{
    return count / RUNS + 1;
}

static void cancel_everywhere(unsigned long k)
{
    for (unsigned long i = 1; i <= k; i += step(k)) {
        run((struct plan){.cancel = i});
        run((struct plan){.cancel = i, .again = 1});
        run((struct plan){.cancel = i, .seed = i});
    }
    printf("cancelled everywhere\n");
    for (unsigned long at = 0, most = 8; at < k * most; at += step(k * most))
        run((struct plan){.cancel = at / most + 1, .task = at % most + 1});
    printf("any task cancelled everywhere\n");
}

static void close_everywhere(unsigned long k)
{
    for (unsigned long i = 1; i <= k; i += step(k))
        run((struct plan){.close = i});
    printf("destroyed everywhere\n");
}

static void fail_everywhere(void)
{
    long n = 1;
    do
        run((struct plan){.fail = n++});
    while (refused);
    printf("out of memory everywhere\n");
}

static void run_by_hand(int argc, char **argv)
{
    struct plan p = {0};
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        unsigned long long n = value ? strtoull(value + 1, NULL, 0) : 0;
        if (strncmp(argv[i], "seed=", 5) == 0) p.seed = n;
        else if (strncmp(argv[i], "cancel=", 7) == 0) p.cancel = (unsigned long)n;
        else if (strncmp(argv[i], "again=", 6) == 0) p.again = (unsigned long)n;
        else if (strncmp(argv[i], "task=", 5) == 0) p.task = (unsigned long)n;
        else if (strncmp(argv[i], "close=", 6) == 0) p.close = (unsigned long)n;
        else if (strncmp(argv[i], "fail=", 5) == 0) p.fail = (long)n;
        else exit(2);
    }
    alone = true;
    run(p);
}

int main(int argc, char **argv)
{
    acc_set_allocator(&failing);
    acc_loop_close(acc_loop_new()); /* libuv's own descriptors are made with the first */
    limit = 1000 * 1000;
    run((struct plan){0});
    if (reports) wrong("%d failures that nobody handled", reports);
    strcpy(usual, text);
    unsigned long k = generations;
    limit = 100 * k + 1000;
    if (argc > 1) {
        run_by_hand(argc, argv);
        return 0;
    }
    printf("%s", text);
    fflush(stdout);
    for (unsigned long long seed = 1; seed <= SEEDS; seed++)
        run((struct plan){.seed = seed});
    cancel_everywhere(k);
    close_everywhere(k);
    fail_everywhere();
    return 0;
}
