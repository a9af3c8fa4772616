/* SPDX-License-Identifier: MIT */
/* abi.h: what translated code uses of the runtime.  For the translator's output, not for people.
 *
 * `acc` puts this file in front of every unit before it is preprocessed, so nothing here may
 * include a system header (a feature-test macro of the user's would come too late) and nothing that
 * emitted code needs may be a macro (the output is not preprocessed again).
 *
 * The one rule of the calling convention: a resume function runs a coroutine until it ends,
 * suspends, or wants another coroutine run, and returns who runs next: its awaiter when it ended or
 * failed, NULL when it suspended, another coroutine when the trampoline shall run that first.  A
 * parent that called its child's resume function directly and gets itself back goes on; anything
 * else it returns to its own caller after it has saved what is live and set its own `state` and the
 * child's `resume`.
 *
 * An await has failed if and only if `self->err != 0` after it. */
#ifndef ACC_ABI_H
#define ACC_ABI_H
#if defined __GNUC__ && !defined __TINYC__
#pragma GCC system_header
#endif
/* clang does not warn of `if ((a == b))` where a macro wrote it, but the output's macros are expanded. */
#if defined __ACC__ && defined __clang__
#pragma clang diagnostic ignored "-Wparentheses-equality"
typedef int acc__is_clang; /* for the translator: clang promotes some bit-fields as gcc does not */
#endif
#if defined __ACC__ && defined __STDC_VERSION__ && __STDC_VERSION__ > 201710L
#if defined __clang__ ? __clang_major__ >= 18 : __GNUC__ >= 13
typedef int acc__infers_auto; /* for the translator: `auto x = value;` has the type of the value */
#endif
#endif

#define ACC_ABI_VERSION 1
enum { acc__abi_version = ACC_ABI_VERSION };

/* Each frame a block of the allocator's, for tools that watch those: asan, and valgrind, which cannot
 * be seen from here and has the runtime and all units built with -DACC_OWN_BLOCKS. */
#if defined __SANITIZE_ADDRESS__ || defined ACC_OWN_BLOCKS
#define ACC__OWN_BLOCKS 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define ACC__OWN_BLOCKS 1
#endif
#endif

#if defined __TINYC__
#define ACC__COLD
#else
#define ACC__COLD __attribute__((noinline, cold))
#endif
#if defined __TINYC__ || defined ACC_NO_THREADS
/* tcc 0.9.27 has no thread-local storage: one thread only, and a runtime built with ACC_NO_THREADS
 * to link with. */
#define ACC__THREAD
#else
/* initial-exec: one instruction to reach it, also from position-independent code. */
#define ACC__THREAD __attribute__((tls_model("initial-exec"))) __thread
#endif

/* The codes that are ours, beside libuv's (which pass through unchanged).  The one list:
 * acc_err_name and acc_strerror are made from it. */
#define ACC_ERRORS(X)                                                                              \
    X(ECANCELED, -5001, "cancelled")                                                               \
    X(EDESTROYED, -5002, "destroyed while suspended")                                              \
    X(EDEADLOCK, -5003, "nothing is left that could wake it")                                      \
    X(EOTHERLOOP, -5004, "belongs to another loop")                                                \
    X(EPENDING, -5005, "not done yet")                                                             \
    X(ESTOPPED, -5006, "the loop was stopped before it was done")                                  \
    X(EINTERRUPTED, -5007, "interrupted by SIGINT")                                                \
    X(EBROKEN, -5008, "the barrier is broken")                                                     \
    X(ESHUTDOWN, -5009, "the queue was shut down")                                                 \
    X(ECLOSED, -5010, "the loop was closed")                                                       \
    X(EDEPTH, -5011, "nested too deep for the stack")

enum acc_error {
#define ACC__ERROR(name, code, text) ACC_##name = code,
    ACC_ERRORS(ACC__ERROR)
#undef ACC__ERROR
    ACC_ENOMEM = -12 /* libuv's */
};

#define acc__likely(x)   __builtin_expect(!!(x), 1)
#define acc__unlikely(x) __builtin_expect(!!(x), 0)

typedef struct acc_coro acc_coro;
typedef struct acc_task acc_task;
typedef struct acc_job acc_job;
typedef struct acc_info acc_info;
typedef acc_coro *acc_resume(acc_coro *self);
typedef __SIZE_TYPE__ acc__size;
typedef __SIZE_TYPE__ acc__uintptr;

/* Starts every coroutine frame and every future: 32 bytes, the result T follows at +32. */
struct acc_coro {
    acc_resume *resume; /* set by acc__make, or by the awaiter when this first suspended */
    acc_coro *awaiter;  /* who runs when this ends, and where its failure goes (awaiter->err) */
    unsigned state;     /* 0 start, 1..n the suspend points, acc__drop, acc__describe */
    int err;            /* failure delivered TO it and not handled yet; when done: its outcome */
    unsigned refs;      /* from here on for blocks of their own; not set in embedded frames */
    unsigned char kind; /* acc__kind */
    unsigned char cls;  /* size class of the block (16-byte steps), 255: none */
    unsigned short flags;
};

enum { acc__drop = -2, acc__describe = -1 }; /* special states, as (unsigned) */
enum acc__kind {
    acc__k_future = 1,
    acc__k_coro,
    acc__k_running,
    acc__k_task,
    acc__k_generator,
    acc__k_async_generator
};
enum acc__coro_flags {
    acc__f_done = 1,
    acc__f_registered = 2, /* a task: stands in its loop's list of tasks */
    acc__f_extra = 4,      /* a task: `extra` is valid */
    acc__f_waited = 8,     /* a task: `waiters` is valid */
    acc__f_seen = 16,      /* its failure, if any, was delivered to somebody */
    acc__f_stepped = 32,   /* a task driven by acc_step, not by a loop */
    acc__f_big = 64,       /* the block is the general allocator's; cls is 255 */
    acc__f_slept = 128,    /* a task: `ops` and `mark` are valid */
    acc__f_asked = 256,    /* a task: `cancels` is valid */
    /* A task; before a suspension these must be looked at. */
    acc__f_cancel = 512,   /* cancelled while running: the next suspension fails */
    acc__f_destroy = 1024, /* being destroyed: every suspension fails */
    acc__f_handed = 2048,  /* woken with something that ops->cancel gives back; stale once it runs */
    acc__f_overruled = 4096, /* woken, then cancelled: `obj` is the err it was woken with; likewise */
    acc__f_attend = acc__f_cancel | acc__f_destroy | acc__f_handed | acc__f_overruled,
    acc__f_locals = 8192, /* a task: `locals` is valid */
};
_Static_assert(sizeof(void *) == 8, "acc is for targets whose pointers have 64 bits");
_Static_assert(sizeof(acc_coro) == 32, "the result lies at +32");

/* Read-only description of an async function, for task dumps and errors. */
struct acc_info {
    const char *name;      /* the user's name */
    const char *file;      /* the file of its definition */
    acc__size frame_size;  /* bytes */
    unsigned nstates;      /* suspend points + 1 */
    const unsigned *lines; /* [state] -> line of the await; lines[0] is the definition's */
};

/* What the ready queue and wait lists hold. */
struct acc_job {
    acc_job *next;  /* of the last in the ready queue: not valid */
    acc_coro *leaf; /* who is resumed: of a task, its innermost suspended coroutine */
};

/* What a suspended task waits for: how to take it off. */
typedef struct acc_wait_ops acc_wait_ops;

/* Lies in front of each frame that was made by calling an async function as a value.  Spawning
 * writes only the job's leaf; the rest is valid when the flags of the frame's header say so, so that
 * a task that never waits for anything never pays for it. */
struct acc_task {
    acc_job job;
    void *obj;               /* what it waits on, for ops */
    acc_task *prev, *all;    /* acc__f_registered: the loop's list of tasks that have waited */
    acc_job *waiters;        /* acc__f_waited: circular, this is the last */
    struct locals *locals;   /* acc__f_locals: its values, shared until they are changed */
    void *extra;             /* acc__f_extra: name and the like, made on demand */
    const acc_wait_ops *ops; /* acc__f_slept: NULL: in the ready queue or running */
    unsigned mark;           /* acc__f_slept: of the walk that visited it last */
    unsigned cancels;        /* acc__f_asked: cancellation requests not taken back */
};
_Static_assert(sizeof(acc_task) == 80, "a frame behind it stays aligned to 16");

#define ACC__CLASSES 65 /* 16-byte steps up to 1024 */

struct acc__thread {
    acc_task *task; /* current task, NULL in callbacks */
    acc_job **tail; /* where the running loop's ready queue goes on */
    acc_job **empty; /* what `tail` is when that queue is empty */
    long turns;     /* resumptions the loop still allows before it looks at the clock; 0: at once */
    acc_coro *done; /* awaiter of each task of the running loop; NULL: spawning takes the long way,
                     * for none runs, or this thread uses task-local values */
    acc__uintptr
        stack_limit; /* below this address direct calls stop and the trampoline takes over */
    void *loop;      /* the running loop */
    void *free[ACC__CLASSES]; /* free blocks by size class */
};
extern ACC__THREAD struct acc__thread acc__tls;

/* ---- blocks: sized free lists; what is inline here is the steady state ---- */

void *acc__alloc_slow(acc__size size);
void acc__free_slow(void *p, acc__size size);

/* The same for coroutines: told apart, for debug mode records them. */
void *acc__make_slow(acc__size size);

static __inline__ void *acc__alloc_by(acc__size size, void *(*slow)(acc__size))
{
#ifndef ACC__OWN_BLOCKS
    acc__size c = (size + 15) >> 4;
    if (acc__likely(c < ACC__CLASSES)) {
        void *p = acc__tls.free[c];
        if (acc__likely(p != 0)) {
            acc__tls.free[c] = *(void **)p;
            return p;
        }
    }
#endif
    return slow(size);
}
static __inline__ void *acc__alloc(acc__size size)
{
    return acc__alloc_by(size, acc__alloc_slow);
}

static __inline__ void acc__free(void *p, acc__size size)
{
#ifndef ACC__OWN_BLOCKS
    acc__size c = (size + 15) >> 4;
    if (acc__likely(c < ACC__CLASSES)) {
        *(void **)p = acc__tls.free[c];
        acc__tls.free[c] = p;
        return;
    }
#endif
    acc__free_slow(p, size);
}

/* A block that a frame owns for a variable length array: `slot` points behind its 16 bytes of size.
 * Freed when the declaration is passed again or the function is left. */
static __inline__ void acc__vla_free(void **slot)
{
    char *p = (char *)*slot;
    if (!p) return;
    *slot = 0;
    acc__free(p - 16, *(acc__size *)(void *)(p - 16));
}

/* False when out of memory. */
static __inline__ int acc__vla(void **slot, acc__size size)
{
    char *p;
    acc__vla_free(slot);
    p = (char *)acc__alloc(size + 16);
    if (acc__unlikely(!p)) return 0;
    *(acc__size *)(void *)p = size + 16;
    *slot = p + 16;
    return 1;
}

/* ---- a coroutine awaits another ---- */

/* Before a child's arguments are used: links it to its awaiter. */
static __inline__ void acc__enter(acc_coro *child, acc_coro *self)
{
    child->awaiter = self;
    child->state = 0;
    child->err = 0;
}

/* The end of every suspending path: `next` is what the child answered. Whoever called a child's
 * resume function directly says here how to resume it from now on: so it is written once in the life
 * of a frame, not at each suspension. */
static __inline__ acc_coro *acc__suspend(acc_coro *self, unsigned state, acc_coro *next)
{
    self->state = state;
    return next;
}
static __inline__ acc_coro *acc__suspend_in(acc_coro *self, unsigned state, acc_coro *child,
                                            acc_resume *resume, acc_coro *next)
{
    child->resume = resume;
    self->state = state;
    return next;
}

/* Ends a coroutine by failure: self->err goes to its awaiter. */
static __inline__ acc_coro *acc__fail(acc_coro *self)
{
    acc_coro *a = self->awaiter;
    a->err = self->err;
    return a;
}

/* `throw code;`. 0 is no failure: it becomes EINVAL's code. */
static __inline__ void acc__raise(acc_coro *self, int code)
{
    self->err = code ? code : -22;
}

/* The same where nothing is left to run. */
static __inline__ acc_coro *acc__throw(acc_coro *self, int code)
{
    acc__raise(self, code);
    return acc__fail(self);
}

/* acc__raise, and where it stands, for reports. */
ACC__COLD void acc__raise_at(acc_coro *self, int code, const acc_info *in, unsigned line);
static __inline__ acc_coro *acc__throw_at(acc_coro *self, int code, const acc_info *in, unsigned line)
{
    acc__raise_at(self, code, in, line);
    return acc__fail(self);
}

/* What an ordinary `catch` does not see. */
static __inline__ int acc__is_cancel(int err)
{
    return err == ACC_ECANCELED || err == ACC_EDESTROYED;
}

/* At the end of `catch cancel`: whether the cancellation that it caught goes on, which is then the failure of self.
 * Not if the requests for it were all taken back (acc_task_uncancel). */
int acc__cancel_goes_on(acc_coro *self, int caught);

/* At the end of a deferred statement that may have failed itself: one of the two failures goes on, cancellation
 * before any other, else the first; the other is reported. */
void acc__settle_slow(acc_coro *self, int first);
static __inline__ void acc__settle(acc_coro *self, int first)
{
    if (acc__unlikely(first != 0)) acc__settle_slow(self, first);
}

/* `with`: the scope (acc/scope.h) is entered and left. Answers self when there is nothing to wait for; where it has
 * suspended, acc__scope_end must follow. Leaving takes the failure in flight from self->err; what goes on is there
 * in the end. */
struct acc__scope__wait {
    void *future_;
    int failure_;
};
acc_coro *acc__scope_enter(acc_coro *self, struct acc__scope__wait *w, void *scope);
acc_coro *acc__scope_exit(acc_coro *self, struct acc__scope__wait *w, void *scope);
void acc__scope_end(acc_coro *self, struct acc__scope__wait *w);

/* Starts an entered child where recursion may be deep: on the C stack while there is room, else by
 * the trampoline. */
static __inline__ acc_coro *acc__start(acc_coro *child, acc_resume *resume)
{
    if (acc__likely((acc__uintptr)__builtin_frame_address(0) > acc__tls.stack_limit))
        return resume(child);
    child->resume = resume;
    return child;
}

/* Awaits any future: the answer is `self` when there is nothing to wait for (self->err tells how it
 * went). */
acc_coro *acc__await(acc_coro *self, void *fut);
/* After each acc__await, when its value has been copied, and on failure too: gives back what the
 * await held. */
void acc__await_end(acc_coro *self, void *fut);

static __inline__ void *acc__value(void *fut)
{
    return (char *)fut + sizeof(acc_coro);
}

/* `default:` of each jump table: acc__drop ends a coroutine that never started (err was set by who
 * drops it), acc__describe answers the info. */
/* Every translated function needs it, so its symbol carries the version: a library of another one
 * does not link. */
acc_coro *acc__odd(acc_coro *self, const acc_info *description) __asm__("acc__odd_abi1");

/* ---- ramps ---- */

static __inline__ void *acc__make_as(acc__size frame, acc_resume *resume, acc_coro *awaiter,
                                     unsigned refs, unsigned char kind)
{
    acc__size size = sizeof(acc_task) + frame;
    char *p = (char *)acc__alloc_by(size, acc__make_slow);
    acc_coro *c;
    if (acc__unlikely(!p)) return 0;
    c = (acc_coro *)(void *)(p + sizeof(acc_task));
    c->resume = resume;
    c->awaiter = awaiter;
    c->state = 0;
    c->err = 0;
    c->refs = refs;
    c->kind = kind;
    c->cls = (unsigned char)(size > (ACC__CLASSES - 1) * 16 ? 255 : (size + 15) >> 4);
    c->flags = size > (ACC__CLASSES - 1) * 16 ? acc__f_big : 0;
    return c;
}

/* A block for a coroutine that has not started, with room for a task in front; NULL when out of
 * memory. */
static __inline__ void *acc__make(acc__size frame, acc_resume *resume)
{
    return acc__make_as(frame, resume, 0, 1, acc__k_coro);
}

/* The same for a generator. */
static __inline__ void *acc__make_generator(acc__size frame, acc_resume *resume)
{
    return acc__make_as(frame, resume, 0, 1, acc__k_generator);
}
static __inline__ void *acc__make_async_generator(acc__size frame, acc_resume *resume)
{
    return acc__make_as(frame, resume, 0, 1, acc__k_async_generator);
}

/* The same for one that is spawned at once: for acc__launch when its arguments are in place. NULL
 * also when no loop runs. refs: 1, and 1 more for a caller who keeps it. */
static __inline__ void *acc__make_task(acc__size frame, acc_resume *resume, unsigned refs)
{
    if (acc__unlikely(!acc__tls.done)) return 0;
    return acc__make_as(frame, resume, acc__tls.done, refs, acc__k_task);
}

/* What a ramp answers when acc__make failed, after the arguments were released: a future failed
 * with ACC_ENOMEM. */
void *acc__no_memory(void);

void acc__unref_slow(acc_coro *c);
static __inline__ void acc__unref(void *fut)
{
    acc_coro *c = (acc_coro *)fut;
    if (c && --c->refs == 0) acc__unref_slow(c);
}
static __inline__ void *acc__ref(void *fut)
{
    if (fut) ((acc_coro *)fut)->refs++;
    return fut;
}

/* The plain main() of `async int main`: runs the coroutine on this thread's loop, exit status 1 on
 * failure. `returns_int` is 0 for an async main of type void. */
int acc__main(void *coroutine, int returns_int);

/* ---- generators (generator.c) ---- */

/* Of a generator: the flags that are a task's mean these. */
enum acc__generator_flags {
    acc__g_given = 2,   /* the value behind the header was given, and nobody took notice yet */
    acc__g_driven = 4,  /* it runs, or waits, for who asked for its next value */
    acc__g_closing = 8, /* a further `yield` fails */
    acc__g_delegates = 256, /* it stands at a `yield from` */
    acc__g_delegated = 512, /* another stands so at it */
};

/* `yield`: the value lies behind the header. Answers who asked for it. */
static __inline__ acc_coro *acc__give(acc_coro *self, unsigned state)
{
    self->state = state;
    if (acc__unlikely(self->flags & acc__g_closing)) {
        self->err = ACC_EDESTROYED;
        return self;
    }
    self->flags |= acc__g_given;
    return self->awaiter;
}

/* `yield from` in a generator: whether the generator w gave one more value, which is self's now. If not, w is
 * released, and its result is self's value, its failure self's. What was sent to self is sent to w. */
int acc__from_next(acc_coro *self, void *w, acc__size size);

/* `for (T x : gen)`: whether it gave one more value, of that size. */
int acc__more(void *gen, acc__size size);
/* ... and its end: closes and releases it. Its own failure, or what was on its way, is self's. */
void acc__enough(acc_coro *self, void *gen);

/* `for await (T x : gen)`: awaits the next value or the end, which acc__given tells apart. Failed: self->err. */
acc_coro *acc__anext(acc_coro *self, void *gen, acc__size size);
int acc__given(void *gen);
/* ... and its end, awaited; acc__aclosed must follow where it has suspended. */
acc_coro *acc__aclose(acc_coro *self, void *gen);
void acc__aclosed(acc_coro *self, void *gen);

/* ---- suspending without a child: leaf operations ----
 *
 * A header offers an operation to the translator beside its plain function `future(T) NAME(args)`
 * as struct NAME__wait { ...; T value; };            lies in the awaiting frame; `value` only if T
 * is not void acc_coro *NAME__suspend(acc_coro *self, struct NAME__wait *w, args); for what always
 * suspends: called last (a tail call) with self->state already set; answers NULL
 * when suspended, or `self` when it shall go on at once at its resume point (self->err may be set);
 * or as acc_coro *NAME__await(acc_coro *self, struct NAME__wait *w, args); for what often need not
 * wait: answers `self` to go on at once (result in w->value, or self->err set), NULL when it
 * suspended; then the awaiting function spills and sets its state. */

/* If the next suspension of this task must fail: sets self->err and answers self, or NULL where the
 * failure arrives in the next generation only. */
acc_coro *acc__refuse(acc_coro *self);

/* acc__yield of a task in whose flags something must be looked at: fails with self->err set and
 * answers self, or suspends after all. */
acc_coro *acc__yield_slow(acc_coro *self);

/* One turn through the ready queue: acc_sleep(0). */
static __inline__ acc_coro *acc__yield(acc_coro *self)
{
    acc_task *t = acc__tls.task;
    if (acc__unlikely(((acc_coro *)(void *)(t + 1))->flags & acc__f_attend))
        return acc__yield_slow(self);
    if (acc__tls.tail == acc__tls.empty && acc__likely(acc__tls.turns > 0)) { /* alone: it is its turn again */
        acc__tls.turns--;
        return self;
    }
    t->job.leaf = self;
    *acc__tls.tail = &t->job;
    acc__tls.tail = &t->job.next;
    return 0;
}

/* ---- tasks ---- */

void *acc__spawn_slow(void *coro);
void *acc__go_slow(void *coro); /* answers NULL */

/* What is a task already goes to the end of the running loop's queue. */
static __inline__ void *acc__launch(void *coro)
{
    acc_coro *c = (acc_coro *)coro;
    acc_task *t = (acc_task *)(void *)((char *)c - sizeof(acc_task));
    t->job.leaf = c;
    *acc__tls.tail = &t->job;
    acc__tls.tail = &t->job.next;
    return coro;
}

/* A coroutine that has not started becomes a task. refs: the loop's until it is done, and the
 * caller's. */
static __inline__ void *acc__spawn(void *coro)
{
    acc_coro *c = (acc_coro *)coro;
    if (acc__unlikely(!acc__tls.done || c->kind != acc__k_coro)) return acc__spawn_slow(coro);
    c->awaiter = acc__tls.done;
    c->refs = 2;
    c->kind = acc__k_task;
    return acc__launch(coro);
}

static __inline__ void *acc__go(void *coro)
{
    acc_coro *c = (acc_coro *)coro;
    if (acc__unlikely(!acc__tls.done || c->kind != acc__k_coro)) return acc__go_slow(coro);
    c->awaiter = acc__tls.done;
    c->kind = acc__k_task;
    return acc__launch(coro);
}

/* ---- acc_bind ---- */

/* A callback with its arguments: run at most once, then dropped; or dropped without being run. */
typedef struct acc_callback {
    void (*run)(void *arg);
    void (*drop)(void *arg); /* frees arg; NULL: nothing to free */
    void *arg;
} acc_callback;

/* What a binding is when there is no memory for it: whoever takes it answers ACC_ENOMEM. */
static __inline__ acc_callback acc__bind_no_memory(void)
{
    acc_callback c = {0, 0, 0};
    return c;
}

#endif
