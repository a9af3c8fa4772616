// RUN: %cc %cflags %s -o %t %libs && %timeout %t | FileCheck %s
// A seed permutes each generation: the same seed the same way, on every machine; seed 0 not at all. A generation
// holds what it held, and the order of generations stays.
#include "coro.h"

static char order[64];
static void one(void *name)
{
    strcat(order, name);
}

static acc_loop *the_loop;
static void two(void *name)
{
    one(name);
    acc_call_soon(the_loop, one, "+");
}

static const char *under(unsigned long long seed)
{
    acc_loop *l = the_loop = acc_test_loop(seed, 0);
    order[0] = 0;
    static char *names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    for (int i = 0; i < 8; i++)
        acc_call_soon(l, two, names[i]);
    for (int i = 0; i < 4; i++)
        acc_call_later(l, 1, one, names[i]);
    acc_run_until_complete(l, acc_sleep(2));
    acc_loop_close(l);
    return order;
}

/* Every order of three comes about equally often. */
static void fair(void)
{
    int counts[27] = {0};
    for (unsigned long long seed = 1; seed <= 600; seed++) {
        acc_loop *l = acc_test_loop(seed, ACC_TEST_REAL_CLOCK);
        order[0] = 0;
        acc_call_soon(l, one, "a");
        acc_call_soon(l, one, "b");
        acc_call_soon(l, one, "c");
        acc_run_forever(l);
        acc_loop_close(l);
        CHECK(strlen(order) == 3);
        counts[(order[0] - 'a') * 9 + (order[1] - 'a') * 3 + order[2] - 'a']++;
    }
    int kinds = 0;
    for (int i = 0; i < 27; i++) {
        if (counts[i]) kinds++;
        CHECK(counts[i] == 0 || (counts[i] > 60 && counts[i] < 140));
    }
    printf("%d orders\n", kinds);
}

static int ran;
static void count(void *unused)
{
    (void)unused;
    ran++;
}

/* Large ones: nothing is lost, nothing runs twice. */
static void large(void)
{
    acc_loop *l = acc_test_loop(3, 0);
    for (int i = 0; i < 100000; i++)
        acc_call_soon(l, count, NULL);
    future(int) inner = acc_loop_spawn(l, loop(3));
    for (int i = 0; i < 100; i++)
        acc_detach(acc_loop_spawn(l, join(inner)));
    CHECK(acc_run_until_complete(l, inner) == 6);
    acc_unref(inner);
    acc_run_until_complete(l, acc_sleep(1));
    CHECK(ran == 100000 && acc_all_tasks(l, NULL, 0) == 0);
    acc_loop_close(l);
}

int main(void)
{
    trace_off = true;
    // CHECK: 0 abcdefgh++++++++abcd
    printf("0 %s\n", under(0));
    // CHECK-NEXT: 1 dbfgehac++++++++dcba
    // CHECK-NEXT: 2 edhcbfag++++++++cadb
    printf("1 %s\n", under(1));
    printf("2 %s\n", under(2));
    // CHECK-NEXT: 1 again dbfgehac++++++++dcba
    printf("1 again %s\n", under(1));
    // CHECK-NEXT: 6 orders
    fair();
    large();
    return 0;
}
