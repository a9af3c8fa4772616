/* SPDX-License-Identifier: MIT */
/* inspect.c: the tree of tasks, each with its chain of awaits.
 *
 * A coroutine is described by resuming it with a special state, which its dispatch answers from
 * read-only tables.  A suspended task's chain goes from its leaf by `awaiter` to its root; the
 * leaf of one that runs is stale, so only its root is shown.
 *
 * The tree is walked without recursion: chains of tasks may be as long as memory.  A task stands
 * under the first that waits for it, and is named only where it comes again; tasks that wait for
 * each other in a ring have nobody above them, and come last. */
#include "waitq.h"
#include "acc/inspect.h"
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

enum {
    CHAIN_INNER = 24, /* functions shown of a longer chain, at each end */
    CHAIN_OUTER = 4,
    INDENT_MAX = 30, /* levels */
};

/* ---- text ---- */

/* Goes to a file, or to a buffer; `length` is what it would need. */
struct text {
    FILE *file; /* NULL: the buffer */
    char *buf;
    size_t size, length;
    const struct tree *tree; /* of the tasks there are; NULL: not known */
};

static void put(struct text *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (to->file) {
        (void)vfprintf(to->file, format, arguments);
    } else {
        bool full = to->length >= to->size;
        int n = vsnprintf(full ? NULL : to->buf + to->length, full ? 0 : to->size - to->length,
                          format, arguments);
        if (n > 0) to->length += (size_t)n;
    }
    va_end(arguments);
}

/* ---- coroutines ---- */

const acc_info *coro_describe(acc_coro *c)
{
    unsigned state = c->state;
    c->state = (unsigned)acc__describe;
    const acc_info *info = (const acc_info *)(const void *)c->resume(c);
    c->state = state;
    return info;
}

static void put_place(struct text *to, acc_coro *c)
{
    const acc_info *info = coro_describe(c);
    unsigned state = c->state == (unsigned)acc__drop ? 0 : c->state;
    put(to, "%s", info ? info->name : "?");
    if (info && info->file && info->lines && state < info->nstates)
        put(to, " at %s:%u", info->file, info->lines[state]);
}

/* ---- which tasks there are ---- */

struct node {
    acc_task *task;
    struct node *above;
    uintptr_t next; /* cursor in what it waits for */
    bool below;     /* some task waits for it */
    bool shown;
};
struct tree {
    struct node *at;      /* in the order in which they are shown */
    struct node **sorted; /* by address */
    size_t n;
};

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)(*(struct node *const *)a)->task;
    uintptr_t y = (uintptr_t)(*(struct node *const *)b)->task;
    return (x > y) - (x < y);
}

/* NULL: t, which may have ended, is no task of this tree. */
static struct node *tree_search(const struct tree *tree, acc_task *t)
{
    struct node key = {.task = t}, *pointer = &key;
    struct node **found = bsearch(&pointer, tree->sorted, tree->n, sizeof pointer, by_address);
    return found ? *found : NULL;
}

/* The same for what t waits for. */
static struct node *tree_find(const struct tree *tree, acc_coro *f)
{
    return f->kind == acc__k_task && !(f->flags & acc__f_done) ? tree_search(tree, task_of(f)) : NULL;
}

/* t may have ended. */
static bool is_task(const struct text *to, acc_loop *l, acc_task *t)
{
    if (to->tree) return tree_search(to->tree, t);
    size_t n = l ? acc_all_tasks(l, NULL, 0) : 0;
    future(void) *tasks = n ? malloc(n * sizeof *tasks) : NULL;
    bool found = false;
    if (tasks) acc_all_tasks(l, tasks, n);
    for (size_t i = 0; tasks && i < n; i++)
        found |= (void *)tasks[i] == (void *)task_root(t);
    free(tasks);
    return found;
}

/* ---- what a task waits for ---- */

/* The next future that t waits for, by a cursor that begins at 0; NULL: no more. */
static acc_coro *task_awaits(acc_task *t, uintptr_t *cursor)
{
    const acc_wait_ops *ops = task_ops(t);
    if (!ops || !task_is_saved(t) || task_root(t)->flags & acc__f_handed) return NULL;
    if (ops == &gather_ops || ops == &race_ops || ops == &wait_ops) return crowd_awaits(t->obj, cursor);
    if (ops == &group_ops) return group_awaits(t->obj, cursor);
    if ((*cursor)++ > 0) return NULL;
    if (ops == &wait_task_ops || ops == &wait_future_ops) return t->obj;
    if (ops == &join_ops) return join_awaits(t->obj);
    if (ops == &shield_ops) return shield_awaits(t->obj);
    return NULL;
}

static void put_address(struct text *to, const char *word, const acc_stream *s)
{
    struct sockaddr_storage a;
    char host[64];
    int size = sizeof a;
    if (s->closing || uv_tcp_getpeername(&s->tcp, (struct sockaddr *)&a, &size) < 0) return;
    bool six = a.ss_family == AF_INET6;
    int rc = six ? uv_ip6_name((struct sockaddr_in6 *)(void *)&a, host, sizeof host)
                 : uv_ip4_name((struct sockaddr_in *)(void *)&a, host, sizeof host);
    unsigned port = six ? ((struct sockaddr_in6 *)(void *)&a)->sin6_port
                        : ((struct sockaddr_in *)(void *)&a)->sin_port;
    if (rc == 0) put(to, " %s %s%s%s:%u", word, six ? "[" : "", host, six ? "]" : "", ntohs((uint16_t)port));
}

static void put_sleep(struct text *to, acc_task *t)
{
    acc_loop *l = task_home(t);
    const struct timer *timer = t->obj;
    const struct timer_heap *h = task_timers(t, timer);
    if (!l || !h || timer->index == 0 || timer->index > h->count) {
        put(to, "sleep");
        return;
    }
    double left = (double)h->at[timer->index - 1].when / 1e9 - acc_time(l);
    bool for_ever = h->at[timer->index - 1].when >= TIME_NEVER;
    put(to, "sleep(%.6g)", for_ever ? ACC_FOREVER : left > 0 ? left : 0);
}

static void put_future(struct text *to, const char *word, acc_coro *f)
{
    if (f && f->kind == acc__k_task)
        put(to, "%stask '%s'", word, task_name(task_of(f)));
    else
        put(to, "%sa future", word);
}

static void put_mutex(struct text *to, acc_task *t)
{
    acc_task *holder = mutex_holder(t->obj);
    if (!holder)
        put(to, "a mutex that anybody may unlock");
    else if (is_task(to, task_loop(t), holder))
        put(to, "a mutex held by task '%s'", task_name(holder));
    else
        put(to, "a mutex that no task of this loop holds");
}

static void put_awaited(struct text *to, acc_task *t)
{
    const acc_wait_ops *ops = t->ops;
    uintptr_t cursor = 0;
    size_t n = 0;
    put(to, ", awaiting ");
    if (ops == &sleep_ops) {
        put_sleep(to, t);
    } else if (ops == &wait_task_ops || ops == &wait_future_ops) {
        put_future(to, "", t->obj);
    } else if (ops == &join_ops || ops == &shield_ops) {
        put_future(to, ops == &join_ops ? "the end of " : "shielded ", task_awaits(t, &cursor));
    } else if (ops == &read_ops) {
        put(to, "read");
        put_address(to, "from", ((struct acc_read__wait *)t->obj)->stream_);
    } else if (ops == &write_ops) {
        acc_stream *s = ((struct acc_write__wait *)t->obj)->stream_;
        put(to, "write");
        put_address(to, "to", s);
        put(to, ", %zu bytes queued", s->tcp.write_queue_size);
    } else if (ops == &accept_ops) {
        put(to, "accept on port %d", acc_listener_port(((struct acc_accept__wait *)t->obj)->listener_));
    } else if (ops == &mutex_kind.wait) {
        put_mutex(to, t);
    } else if (ops == &connect_ops) {
        put(to, "connect to port %d", connect_port(t->obj));
    } else {
        put(to, "%s", wait_name(t));
        while (task_awaits(t, &cursor))
            n++;
        if (n) put(to, ", %zu left", n);
    }
}

/* ---- one task ---- */

/* The innermost coroutine that means something to people: not the waiter of a lock. */
static acc_coro *task_innermost(acc_task *t)
{
    acc_coro *c = t->job.leaf;
    return c != task_root(t) && coro_describe(c) == &waiter_info ? c->awaiter : c;
}

static size_t chain_length(acc_task *t)
{
    size_t n = 1;
    for (acc_coro *c = task_innermost(t); c != task_root(t); c = c->awaiter)
        n++;
    return n;
}

static void put_state(struct text *to, acc_task *t)
{
    acc_coro *root = task_root(t);
    if (!task_is_saved(t))
        put(to, ", running since there");
    else if (task_ops(t) && !(root->flags & acc__f_handed))
        put_awaited(to, t);
    else
        put(to, t->job.leaf == root && (root->state == 0 || root->state == (unsigned)acc__drop)
                    ? ", not started"
                    : ", ready");
    if (root->flags & acc__f_asked && t->cancels > 0) put(to, ", being cancelled");
}

static void put_task(struct text *to, acc_task *t)
{
    acc_coro *root = task_root(t);
    put(to, "task '%s': ", task_name(t));
    if (!task_is_saved(t)) {
        put_place(to, root);
    } else {
        size_t n = chain_length(t), i = 0;
        for (acc_coro *c = task_innermost(t);; c = c->awaiter, i++) {
            if (n > CHAIN_INNER + CHAIN_OUTER && i == CHAIN_INNER)
                put(to, " <- ... %zu more", n - CHAIN_INNER - CHAIN_OUTER);
            if (n <= CHAIN_INNER + CHAIN_OUTER || i < CHAIN_INNER || i >= n - CHAIN_OUTER) {
                put(to, "%s", i ? " <- " : "");
                put_place(to, c);
            }
            if (c == root) break;
        }
    }
    put_state(to, t);
}

/* ---- the tree ---- */

static void put_line(struct text *to, int level, const char *after, acc_task *t)
{
    put(to, "%*s", 2 + 2 * (level < INDENT_MAX ? level : INDENT_MAX), "");
    if (after)
        put(to, "task '%s'%s", task_name(t), after);
    else
        put_task(to, t);
    put(to, "\n");
}

static void put_subtree(struct text *to, const struct tree *tree, struct node *top)
{
    int level = 0;
    acc_coro *f;
    put_line(to, 0, NULL, top->task);
    top->shown = true;
    for (struct node *at = top; at;) {
        if (!(f = task_awaits(at->task, &at->next))) {
            at = at->above;
            level--;
            continue;
        }
        struct node *child = tree_find(tree, f);
        if (!child) continue;
        if (child->shown) {
            put_line(to, level + 1, ", as above", child->task);
            continue;
        }
        put_line(to, level + 1, NULL, child->task);
        child->shown = true;
        child->above = at;
        at = child;
        level++;
    }
}

static void tree_link(struct tree *tree)
{
    acc_coro *f;
    for (size_t i = 0; i < tree->n; i++)
        tree->sorted[i] = &tree->at[i];
    qsort(tree->sorted, tree->n, sizeof *tree->sorted, by_address);
    for (size_t i = 0; i < tree->n; i++) {
        acc_task *t = tree->at[i].task;
        for (uintptr_t cursor = 0; (f = task_awaits(t, &cursor)) != NULL;) {
            struct node *child = tree_find(tree, f);
            if (child && child != &tree->at[i]) child->below = true;
        }
    }
}

static void put_tree(struct text *to, struct tree *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        if (!tree->at[i].below) put_subtree(to, tree, &tree->at[i]);
    for (size_t i = 0; i < tree->n; i++)
        if (!tree->at[i].shown) put_subtree(to, tree, &tree->at[i]);
}

/* Those that have waited in the order in which they first did, then the others. */
static void tree_fill(acc_loop *l, struct tree *tree, future(void) * tasks)
{
    size_t waited = 0;
    acc_all_tasks(l, tasks, tree->n);
    while (waited < tree->n && ((acc_coro *)(void *)tasks[waited])->flags & acc__f_registered)
        waited++;
    for (size_t i = 0; i < tree->n; i++) {
        size_t from = i < waited ? waited - 1 - i : i;
        tree->at[i] = (struct node){.task = task_of((acc_coro *)(void *)tasks[from])};
    }
}

void inspect_tree(acc_loop *l, FILE *file)
{
    struct text to = {.file = file};
    struct tree tree = {.n = acc_all_tasks(l, NULL, 0)};
    if (tree.n == 0) return;
    future(void) *tasks = malloc(tree.n * sizeof *tasks); /* not the program's: it may be counting */
    tree.at = malloc(tree.n * sizeof *tree.at);
    tree.sorted = malloc(tree.n * sizeof *tree.sorted);
    if (tasks && tree.at && tree.sorted) {
        tree_fill(l, &tree, tasks);
        tree_link(&tree);
        to.tree = &tree;
        put_tree(&to, &tree);
    } else {
        for (acc_task *t = l->tasks; t; t = t->all)
            put_line(&to, 0, NULL, t);
    }
    free(tree.sorted);
    free(tree.at);
    free(tasks);
}

void acc_dump_tasks(acc_loop *l, FILE *to)
{
    size_t n = acc_all_tasks(l, NULL, 0);
    fprintf(to, "acc: %zu task%s\n", n, n == 1 ? "" : "s");
    inspect_tree(l, to);
    fflush(to);
}

/* ---- one ---- */

static void put_frames(struct text *to, acc_task *t)
{
    acc_coro *root = task_root(t);
    size_t i = 0;
    for (acc_coro *c = !task_is_saved(t) ? root : task_innermost(t);; c = c->awaiter) {
        put(to, "  #%zu ", i++);
        put_place(to, c);
        put(to, "\n");
        if (c == root) break;
    }
}

static void put_backtrace(struct text *to, acc_coro *f)
{
    static const char *const kinds[] = {"", "future", "coroutine", "coroutine", "task"};
    put(to, "%s", kinds[f->kind <= acc__k_task ? f->kind : 0]);
    if (f->kind == acc__k_task && !(f->flags & acc__f_done)) {
        put(to, " '%s'", task_name(task_of(f)));
        put_state(to, task_of(f));
        put(to, "\n");
        put_frames(to, task_of(f));
        return;
    }
    if (f->kind == acc__k_task) put(to, " '%s'", task_name(task_of(f)));
    if (f->kind == acc__k_coro) {
        put(to, " ");
        put_place(to, f);
        put(to, ", not started\n");
    } else if (!(f->flags & acc__f_done)) {
        put(to, ", not done\n");
    } else if (f->err) {
        put(to, ", failed: %s\n", acc_err_name(f->err));
    } else {
        put(to, ", done\n");
    }
}

void acc__backtrace(void *f, FILE *file)
{
    struct text to = {.file = file};
    put_backtrace(&to, f);
}

size_t acc__backtrace_text(void *f, char *buf, size_t size)
{
    struct text to = {.buf = buf, .size = size};
    put_backtrace(&to, f);
    return to.length;
}

/* ---- on a signal ---- */

static void on_dump(uv_signal_t *h, int signum)
{
    (void)signum;
    acc_dump_tasks(h->data, stderr);
}

int acc_loop_dump_on_signal(acc_loop *l, int signum)
{
    if (!l || signum < 0) return UV_EINVAL;
    if (signum == 0) return l->dump_made ? uv_signal_stop(&l->dump) : 0;
    if (!l->dump_made) {
        int rc = uv_signal_init(l->uv, &l->dump);
        if (rc < 0) return rc;
        l->dump_made = true;
        l->dump.data = l;
        uv_unref((uv_handle_t *)&l->dump);
    }
    return uv_signal_start(&l->dump, on_dump, signum);
}
