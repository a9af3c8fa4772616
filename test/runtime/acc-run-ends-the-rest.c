// RUN: %cc %cflags %s -o %t %libs && %t 2>&1 | FileCheck %s
// acc_run cancels and joins the tasks that are left, tells of failures, and closes the loop, so
// that another can follow.
#include "coro.h"

static future(int) left[3];

/* async int stubborn(void) { await acc_sleep(1000); } catch cancel { throw -9; } */
struct stubborn__frame {
    acc_coro hd;
    int value;
    struct acc_sleep__wait w;
};
static const acc_info stubborn__info = {"stubborn", NULL, sizeof(struct stubborn__frame), 2, NULL};
static acc_coro *stubborn__resume(acc_coro *self)
{
    struct stubborn__frame *f = (struct stubborn__frame *)(void *)self;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &stubborn__info);
    }
    self->state = 1;
    return acc_sleep__suspend(self, &f->w, 1000);
S1:
    CHECK(self->err == ACC_ECANCELED);
    self->err = -9999;
    return acc__fail(self);
}
static future(int) stubborn(void)
{
    return (future(int))acc__make(sizeof(struct stubborn__frame), stubborn__resume);
}

/* async int starter(int code) { left[...] = acc_spawn(...); await acc_sleep(0); throw code; } */
struct starter__frame {
    acc_coro hd;
    int value;
    int code;
    acc_coro *unused;
};
static const acc_info starter__info = {"starter", NULL, sizeof(struct starter__frame), 2, NULL};
static acc_coro *starter__resume(acc_coro *self)
{
    struct starter__frame *f = (struct starter__frame *)(void *)self;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &starter__info);
    }
    left[0] = acc_spawn(fail(0, 1000));
    left[1] = acc_spawn(join(left[0]));
    left[2] = acc_spawn(stubborn());
    self->state = 1;
    return acc__yield(self);
S1:
    f->value = 11;
    self->err = f->code;
    return self->err ? acc__fail(self) : self->awaiter;
}
static future(int) starter(int code)
{
    struct starter__frame *f = acc__make(sizeof *f, starter__resume);
    f->code = code;
    return (future(int))(void *)f;
}

static void release(void)
{
    for (int i = 0; i < 3; i++) {
        CHECK(acc_future_done(left[i]));
        acc_unref(left[i]);
    }
}

int main(void)
{
    CHECK(acc_run(starter(0)) == 11);
    CHECK(acc_future_cancelled(left[0]) && acc_future_cancelled(left[1]));
    release();
    expect("fail! join!");
    fprintf(stderr, "first\n");
    // CHECK: acc: task failed while the program ended (task 'stubborn'): code {{[-0-9]+}}, of the program's own
    // CHECK: first
    CHECK(acc_run(starter(ACC_EDESTROYED)) == 0);
    // CHECK-NEXT: acc: acc_run: the program failed (task 'starter'): ACC_EDESTROYED: destroyed
    release();
    // CHECK-NEXT: acc: task failed while the program ended (task 'stubborn'): code -9999, of the program's own
    CHECK(acc_get_running_loop() == NULL);
    fprintf(stderr, "second\n");
    // CHECK-NEXT: second
    return 0;
}
