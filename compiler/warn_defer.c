/* SPDX-License-Identifier: MIT */
/* warn_defer.c: an await between an acquisition and the `defer` that gives it back.
 *
 * Input: a block of an async function, with its names bound.  Output: warnings.  The idea: a failure or a cancellation
 * of the await leaves the block before the deferred statement is in force, so what was acquired is lost.  An
 * acquisition is a call of a function of C or POSIX that gives something to be given back, whose result goes into
 * an object that a `defer` further down in the same block mentions.  An `if` that asks about the object does not count: it is
 * where the acquisition failed. */
#include "acc.h"
#include "order.h"

#include <string.h>

struct acquired {
    struct decl *decl;
    struct node *call;
    unsigned kid; /* of the block */
};
struct blocks {
    struct unit *u;
    VEC(struct acquired) acquired;
};

static bool acquires(const struct node *call)
{
    static const char *const known[] = {
        "malloc",      "calloc",   "realloc",  "reallocarray",  "aligned_alloc", "strdup",    "strndup", "fopen",
        "fdopen",      "freopen",  "tmpfile",  "popen",         "opendir",       "fdopendir", "open",    "openat",
        "open64",      "creat",    "socket",   "accept",        "accept4",       "dup",       "dup2",    "mkstemp",
        "epoll_create1", "eventfd", "timerfd_create", "inotify_init1", "memfd_create", "mmap", "dlopen", "fmemopen",
        "open_memstream", "realpath", "getcwd", "shm_open", "sem_open"};
    const struct node *f = node_strip(call->kid[0]);
    if (f->kind != E_IDENT || !f->name || (f->decl && !f->decl->ext)) return false;
    unsigned into = !strcmp(f->name->s, "getcwd") ? 1 : !strcmp(f->name->s, "realpath") ? 2 : 0;
    if (into && !(into < call->nkids && call->kid[into]->flags & NODE_NULL_CONSTANT)) return false; /* the caller's own array */
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(f->name->s, known[i])) return true;
    return false;
}

/* The call whose value an expression is, behind casts. */
static struct node *call_of(struct node *n)
{
    n = n ? node_strip(n) : NULL;
    while (n && n->kind == E_CAST)
        n = node_strip(n->kid[1]);
    return n && n->kind == E_CALL ? n : NULL;
}

static void note(struct blocks *b, struct decl *d, struct node *value, unsigned kid)
{
    struct node *call = call_of(value);
    struct acquired a = {d, call, kid};
    if (decl_is_local(d) && call && acquires(call)) vec_push(&b->u->arena, &b->acquired, a);
}

/* Assignments in an expression statement or in the condition of an if. */
static void find_assigned(struct blocks *b, struct node *n, unsigned kid)
{
    if (!n || n->kind >= N_ASSOC) return;
    struct node *place = n->kind == E_ASSIGN && n->op == '=' ? node_strip(n->kid[0]) : NULL;
    if (place && place->kind == E_IDENT) note(b, place->decl, n->kid[1], kid);
    for (unsigned i = 0; i < n->nkids; i++)
        find_assigned(b, n->kid[i], kid);
}

static void find_acquired(struct blocks *b, struct node *n, unsigned kid)
{
    if (n->kind == S_EXPR || n->kind == S_IF) find_assigned(b, n->kid[0], kid);
    for (unsigned i = 1; n->kind == S_DECL && i < n->nkids; i++) {
        struct node *name = scope_declarator_name(node_kid(n->kid[i], 0));
        if (name && name->decl) note(b, name->decl, node_kid(n->kid[i], 1), kid);
    }
}

static struct node *first_await(struct node *n)
{
    if (!n || !(n->flags & NODE_HAS_AWAIT)) return NULL;
    if (n->kind == E_AWAIT) return n;
    for (unsigned i = 0; i < n->nkids; i++) {
        struct node *found = first_await(n->kid[i]);
        if (found) return found;
    }
    return NULL;
}

static void check_acquired(struct blocks *b, struct node *block, const struct acquired *a, unsigned defer)
{
    for (unsigned i = a->kid + 1; i < defer; i++) {
        struct node *n = block->kid[i], *await = n ? first_await(n) : NULL;
        if (!await || (n->kind == S_IF && node_mentions(n->kid[0], a->decl))) continue;
        diag_warn(b->u, WARN_AWAIT_BEFORE_DEFER, await->range,
                  "if this await fails or is cancelled, '%s' is lost: its 'defer' is not in force yet", a->decl->name->s);
        diag_note(b->u, a->call->range, "acquired here");
        diag_note(b->u, block->kid[defer]->range, "given back here");
        return;
    }
}

void warn_defer(struct unit *u, struct node *block)
{
    struct blocks b = {.u = u};
    for (unsigned i = 0; i < block->nkids; i++) {
        struct node *n = block->kid[i];
        if (!n) continue;
        find_acquired(&b, n, i);
        for (unsigned k = 0; n->kind == S_DEFER && k < b.acquired.n; k++) {
            if (!node_mentions(n, b.acquired.v[k].decl)) continue;
            check_acquired(&b, block, &b.acquired.v[k], i);
            b.acquired.v[k--] = b.acquired.v[--b.acquired.n];
        }
    }
}
