// RUN: %cc %cflags %s -o %t %libs && %t
// The typed macros carry any T from a future's type to its value, and evaluate an argument once.
#include "coro.h"
#include "acc/uv.h"

struct point {
    struct {
        int x;
    } at;
    double y;
};
typedef int (*compare)(const void *, const void *);
typedef union {
    const char *text;
    long number;
} word;
enum colour { RED, GREEN };

static int by_address(const void *a, const void *b)
{
    return (a > b) - (a < b);
}

static int evaluated;
static acc_loop *once(acc_loop *l)
{
    evaluated++;
    return l;
}

/* A generic selection that only compiles when f has exactly that type. */
#define IS(f, ...) _Generic((f), future(__VA_ARGS__) : 1)

static void each_type(acc_loop *l)
{
    future(void) v = acc_future_new(void);
    future(struct point) s = acc_future_new(struct point);
    future(char *) p = acc_future_new(char *);
    future(compare) fp = acc_future_new(compare);
    future(future(int)) ff = acc_future_new(future(int));
    future(bool) b = acc_future_new(bool);
    future(word) u = acc_future_new(word);
    future(enum colour) e = acc_future_new(enum colour);
    future(double) d = acc_future_new(double);
    CHECK(IS(v, void) && IS(s, struct point) && IS(fp, compare) && IS(ff, future(int)) &&
          IS(b, bool));
    CHECK(!acc_future_done(v) && acc_future_error(v) == ACC_EPENDING);

    CHECK(acc_future_set_done(v) == 0 && acc_future_set_done(v) == UV_EALREADY);
    CHECK(acc_future_set_result(s, (struct point){{3}, 4}) == 0);
    static char text[] = "text";
    CHECK(acc_future_set_result(p, text) == 0);
    CHECK(acc_future_set_result(fp, by_address) == 0);
    future(int) inner = acc_future_new(int);
    CHECK(acc_future_set_result(ff, inner) == 0);
    CHECK(acc_future_set_result(b, true) == 0);
    CHECK(acc_future_set_result(u, (word){.number = 9}) == 0);
    CHECK(acc_future_set_result(e, GREEN) == 0);
    CHECK(acc_future_set_result(d, 1) == 0); /* converted as by assignment */

    acc_future_result(v);
    acc_run_until_complete(l, v);
    CHECK(acc_future_result(s).at.x == 3 && acc_run_until_complete(l, s).y == 4);
    CHECK(acc_future_result(p) == text && acc_run_until_complete(l, p)[1] == 'e');
    CHECK(acc_future_result(fp) == by_address && acc_run_until_complete(l, fp)(text, text) == 0);
    CHECK(acc_future_result(ff) == inner);
    CHECK(acc_future_set_result(acc_run_until_complete(l, ff), 5) == 0);
    CHECK(acc_future_result(acc_future_result(ff)) == 5);
    CHECK(acc_future_result(b) && acc_run_until_complete(l, b));
    CHECK(acc_future_result(u).number == 9 && acc_future_result(e) == GREEN);
    CHECK(acc_future_result(d) == 1.0);

    acc_unref(v), acc_unref(s), acc_unref(p), acc_unref(fp), acc_unref(inner), acc_unref(ff);
    acc_unref(b), acc_unref(u), acc_unref(e), acc_unref(d);
}

static void zeroed_on_failure(acc_loop *l)
{
    future(struct point) s = acc_future_new(struct point);
    CHECK(acc_future_result(s).y == 0);
    CHECK(acc_future_set_error(s, 1) < 0); /* codes are negative */
    CHECK(acc_future_set_error(s, -7) == 0);
    CHECK(acc_future_result(s).y == 0 && acc_future_error(s) == -7);
    CHECK(acc_run_until_complete(l, s).at.x == 0 && acc_loop_error(l) == -7);
    acc_unref(s);
}

int main(void)
{
    acc_loop *l = acc_loop_new();
    each_type(l);
    zeroed_on_failure(l);
    acc_run_until_complete(once(l), leaf(1)); /* an unused value draws no warning */
    CHECK(evaluated == 1);
    const future(int) t = acc_loop_spawn(once(l), leaf(2));
    future(int) same = acc_ref(t);
    CHECK(evaluated == 2 && same == t && acc_spawn(same) == t);
    acc_unref(same);
    CHECK(acc_run_until_complete(l, t) == 4);
    acc_unref(t);
    return acc_loop_close(l);
}
