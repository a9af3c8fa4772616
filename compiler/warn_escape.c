/* SPDX-License-Identifier: MIT */
/* warn_escape.c: addresses of locals given to tasks that may outlive them.
 *
 * Input: a call in a function with its names bound and its types known.  Output: a warning.  A task
 * made around a call, acc_go(f(&x)), runs on by itself.  That is well where the function stays in
 * the scope of x until the task has ended; whether it does cannot be known, so the rule asks for a
 * sign of it.  A `wait` is an await, or a call that runs the loop.  Enough is a wait in the scope
 * of x
 *   - whose operand, or the condition of a loop around it, names what the task was stored in;
 *   - the same naming x, or another local whose address the call was given (a latch), behind it;
 *   - behind it, if the task was handed on: as an argument, or copied elsewhere.
 * A group waits for its tasks behind the block of its `with`: enough is that x is declared around that. */
#include "acc.h"
#include "order.h"

#include <string.h>

enum fate { FATE_AWAITED, FATE_DROPPED, FATE_RETURNED, FATE_STORED, FATE_HANDED_ON };
struct escape {
    struct unit *u;
    struct fn *fn;
    struct node *spawn;   /* the call that makes the task */
    enum fate fate;       /* what becomes of the task */
    struct decl *holder;  /* FATE_STORED: the object it lies in, or that points to it; or NULL */
    struct node *call;    /* of which a task is made */
    struct waits *waits;
    const struct node *with; /* the statement whose group the task is of, or NULL */
};
/* A local whose address is an argument; a compound literal has no decl. */
struct local {
    struct decl *decl;
    struct node *arg;
    struct range scope;
};

/* ---------------------------------------------------------------- waits */

/* Where waits begin, ascending. */
typedef VEC(uint32_t) places;
/* Collected once a function, so that each question is a search. */
struct waits {
    places all, forever;  /* forever: for whatever runs on the loop */
    places *local;        /* by index in fn->locals: those whose operand or loop names it */
    bool *handed_on;      /* by index: what is in it goes elsewhere */
    VEC(struct named) others; /* the same of objects of file scope */
};
struct named {
    const struct decl *decl;
    uint32_t at; /* of the wait; UINT32_MAX: handed on */
};

static void add_place(struct unit *u, places *p, uint32_t at)
{
    if (!p->n || p->v[p->n - 1] != at) vec_push(&u->arena, p, at);
}

/* One of the places lies in the range. */
static bool has_place(const places *p, struct range r)
{
    unsigned low = 0, high = p->n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (p->v[mid] < r.start)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n && p->v[low] < r.end;
}

/* What a wait at that place names. */
static void add_names(struct escape *e, const struct node *n, uint32_t at)
{
    if (!n || n->flags & NODE_UNEVALUATED) return;
    if (n->kind == E_IDENT && n->decl) {
        if (n->decl->fn == e->fn && decl_is_local(n->decl)) {
            add_place(e->u, &e->waits->local[n->decl->index], at);
        } else {
            struct named named = {n->decl, at};
            vec_push(&e->u->arena, &e->waits->others, named);
        }
    }
    for (unsigned i = 0; i < n->nkids; i++)
        add_names(e, n->kid[i], at);
}

static const struct node *loop_condition(const struct node *n)
{
    switch (n->kind) {
    case S_WHILE: return node_kid(n, 0);
    case S_DO:
    case S_FOR: return node_kid(n, 1);
    default: return NULL;
    }
}

static bool is_wait(const struct node *n)
{
    if (n->flags & NODE_UNEVALUATED) return false;
    if (n->kind == E_AWAIT) return true;
    const char *f = node_callee_name(n);
    return !strcmp(f, "acc__run") || !strcmp(f, "acc__run_until_complete") ||
           !strcmp(f, "acc_run_forever");
}

static void add_wait(struct escape *e, const struct node *wait)
{
    uint32_t at = wait->range.start;
    add_place(e->u, &e->waits->all, at);
    if (!strcmp(node_callee_name(wait), "acc_run_forever")) add_place(e->u, &e->waits->forever, at);
    add_names(e, wait, at);
    for (const struct node *n = wait->parent; n && n != e->fn->body; n = n->parent)
        add_names(e, loop_condition(n), at);
}

static bool hands_on(const struct node *ident);

static void collect(struct escape *e, const struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return;
    if (is_wait(n)) add_wait(e, n);
    if (n->kind == E_IDENT && n->decl && !(n->flags & NODE_UNEVALUATED) && hands_on(n)) {
        if (n->decl->fn == e->fn && decl_is_local(n->decl)) {
            e->waits->handed_on[n->decl->index] = true;
        } else {
            struct named named = {n->decl, UINT32_MAX};
            vec_push(&e->u->arena, &e->waits->others, named);
        }
    }
    for (unsigned i = 0; i < n->nkids; i++)
        collect(e, n->kid[i]);
}

/* The part of the scope that lies behind the place where the task is made. */
static struct range behind(const struct escape *e, struct range scope)
{
    if (scope.start < e->spawn->range.end) scope.start = e->spawn->range.end;
    return scope;
}

static bool waits_for(const struct escape *e, struct range r, const struct decl *d)
{
    if (has_place(&e->waits->forever, r)) return true;
    if (d->fn == e->fn && decl_is_local(d)) return has_place(&e->waits->local[d->index], r);
    for (unsigned i = 0; i < e->waits->others.n; i++) {
        const struct named *n = &e->waits->others.v[i];
        if (n->decl == d && n->at >= r.start && n->at < r.end) return true;
    }
    return false;
}

static bool is_handed_on(const struct escape *e, const struct decl *d)
{
    if (d->fn == e->fn && decl_is_local(d)) return e->waits->handed_on[d->index];
    for (unsigned i = 0; i < e->waits->others.n; i++)
        if (e->waits->others.v[i].decl == d && e->waits->others.v[i].at == UINT32_MAX) return true;
    return false;
}

static struct waits *find_waits(struct escape *e)
{
    struct waits *w = NEW(&e->u->arena, struct waits);
    w->local = NEWN(&e->u->arena, places, e->fn->locals.n + 1);
    w->handed_on = NEWN(&e->u->arena, bool, e->fn->locals.n + 1);
    e->waits = w;
    collect(e, e->fn->body);
    return w;
}

/* ---------------------------------------------------------------- what becomes of the task */

/* The object that is assigned to, or through whose value. */
static struct decl *base_of(struct node *lvalue)
{
    for (struct node *n = lvalue; n; n = node_kid(n, 0)) {
        n = node_strip(n);
        if (n->kind == E_IDENT) return n->decl;
        if (n->kind != E_MEMBER && n->kind != E_SUBSCRIPT && n->kind != E_UNARY &&
            n->kind != E_CAST && n->kind != E_POSTFIX && n->kind != E_PREFIX)
            return NULL;
    }
    return NULL;
}

/* Steps out of what hands a value through: the node whose value it then is an operand of. */
static const struct node *consumer(const struct node *n, const struct node **operand)
{
    for (;; n = n->parent) {
        const struct node *p = n->parent;
        bool through = p && (p->kind == E_PAREN || p->kind == E_CAST || p->kind == E_INIT ||
                             p->kind == E_DESIGNATED || (p->kind == E_COND && p->kid[0] != n) ||
                             (p->kind == E_COMMA && p->kid[1] == n));
        *operand = n;
        if (!through || type_is_void(p->type)) return p;
    }
}

static void find_fate(struct escape *e)
{
    const struct node *operand, *p = consumer(e->spawn, &operand);
    e->fate = FATE_DROPPED;
    if (!p) return;
    switch (p->kind) {
    case E_AWAIT: e->fate = FATE_AWAITED; break;
    case S_RETURN: e->fate = FATE_RETURNED; break;
    case E_ASSIGN:
        e->fate = FATE_STORED;
        e->holder = base_of(p->kid[0]);
        break;
    case N_INIT_DECLARATOR: {
        struct node *name = scope_declarator_name(p->kid[0]);
        e->fate = FATE_STORED;
        e->holder = name ? name->decl : NULL;
        break;
    }
    case E_CALL:
        if (strcmp(node_callee_name(p), "acc__unref") != 0) e->fate = FATE_HANDED_ON;
        break;
    case S_EXPR:
    case E_CAST:
    case E_COMMA: break;
    default: e->fate = FATE_HANDED_ON; break;
    }
}

/* What stands in the holder goes elsewhere here: to somebody's function, or into another object.
 * The runtime's own functions wait for nothing. */
static bool hands_on(const struct node *ident)
{
    const struct node *operand = ident, *p = ident;
    do {
        p = consumer(p, &operand);
        bool part = p && ((p->kind == E_MEMBER && operand == p->kid[0]) || p->kind == E_UNARY ||
                          (p->kind == E_SUBSCRIPT && operand == p->kid[0]));
        if (!part) break;
    } while (p);
    if (!p) return false;
    if (p->kind == E_CALL) return operand != p->kid[0] && strncmp(node_callee_name(p), "acc__", 5) != 0;
    return (p->kind == E_ASSIGN && operand == p->kid[1]) || p->kind == N_INIT_DECLARATOR ||
           p->kind == E_COMPOUND;
}

/* ---------------------------------------------------------------- the locals of a call */

static struct range block_around(const struct escape *e, const struct node *n)
{
    while (n && n->kind != S_COMPOUND)
        n = n->parent;
    return n ? n->range : e->fn->body->range;
}

static bool set_local(const struct escape *e, struct local *l, struct node *object)
{
    object = node_strip(object);
    while (object->kind == E_MEMBER && object->op == '.')
        object = node_strip(object->kid[0]);
    l->decl = check_local_of(object);
    if (!l->decl && object->kind != E_COMPOUND) return false;
    const struct scope *s = l->decl && l->decl->kind == DECL_VAR ? l->decl->scope : NULL;
    l->scope = !l->decl       ? block_around(e, object)
               : s && s->node ? s->node->range
                              : e->fn->body->range;
    return true;
}

static bool is_pointer(const struct node *e)
{
    return e && e->type && (e->type->kind == TY_POINTER || e->type->kind == TY_ARRAY);
}

/* `&x`, `&x.m`, `a`, `a + 1`, `c ? &x : NULL`: the local of which this is an address. */
static bool is_address(const struct escape *e, struct node *arg, struct local *l)
{
    struct node *n = node_uncast(arg);
    if (!n) return false;
    if (n->kind == E_UNARY && n->op == K_EXTENSION) return is_address(e, n->kid[0], l);
    if (n->kind == E_UNARY && n->op == '&') return set_local(e, l, n->kid[0]);
    if (n->type && n->type->kind == TY_ARRAY) return set_local(e, l, n);
    if (n->kind == E_BINARY && (n->op == '+' || n->op == '-'))
        return (is_pointer(n->kid[0]) && is_address(e, n->kid[0], l)) ||
               (is_pointer(n->kid[1]) && is_address(e, n->kid[1], l));
    if (n->kind == E_COND)
        return (n->kid[1] && is_address(e, n->kid[1], l)) || is_address(e, n->kid[2], l);
    return n->kind == E_COMMA && is_address(e, n->kid[1], l);
}

/* Some sign that the function stays in the local's scope until the task has ended. */
static bool is_waited_for(const struct escape *e, struct range scope)
{
    struct range later = behind(e, scope);
    if (e->fate == FATE_RETURNED) return false;
    if (e->fate == FATE_HANDED_ON && has_place(&e->waits->all, later)) return true;
    if (e->fate == FATE_STORED && e->holder) {
        if (waits_for(e, scope, e->holder)) return true;
        if (is_handed_on(e, e->holder) && has_place(&e->waits->all, later)) return true;
    }
    for (unsigned i = 1; i < e->call->nkids; i++) {
        struct local latch;
        if (is_address(e, e->call->kid[i], &latch) && latch.decl && waits_for(e, later, latch.decl))
            return true;
    }
    return false;
}

static void warn_local(const struct escape *e, const struct local *l)
{
    const char *of = node_callee_name(e->call);
    const char *task = *of ? arena_printf(&e->u->arena, "the task of '%s'", of) : "the task";
    const char *object = l->decl ? arena_printf(&e->u->arena, "'%s'", l->decl->name->s) : "this object";
    diag_warn(e->u, WARN_ESCAPING_LOCAL, l->arg->range, "%s may run on when %s is gone: %s", task, object,
              e->with ? "the group waits for it behind the block of its 'with'"
                      : "nothing in its scope waits for it");
    if (!l->decl) return;
    diag_note(e->u, l->decl->node->range, "'%s' is declared here", l->decl->name->s);
}

static void check_call(struct escape *e)
{
    for (unsigned i = 1; i < e->call->nkids; i++) {
        struct local l = {.arg = e->call->kid[i]};
        if (!is_address(e, l.arg, &l) || is_waited_for(e, l.scope)) continue;
        if (e->with && l.scope.start <= e->with->range.start && l.scope.end >= e->with->range.end) continue;
        warn_local(e, &l);
    }
}

/* The calls that the expression is the future of. */
static void check_made(struct escape *e, struct node *made)
{
    made = node_uncast(made);
    if (!made) return;
    if (made->kind == E_COND) {
        check_made(e, node_kid(made, 1));
        check_made(e, node_kid(made, 2));
    } else if (made->kind == E_COMMA) {
        check_made(e, made->kid[1]);
    } else if (made->kind == E_CALL && type_future_result(made->type)) {
        e->call = made;
        check_call(e);
    }
}

/* Of a group that is entered here e->with is the statement.  True: something may be said of its tasks. Nothing of
 * a local one without a `with` around, which somebody else may enter and leave in its scope. */
static bool find_group(struct escape *e, struct node *group)
{
    struct decl *d = base_of(node_uncast(group));
    if (!d) return false;
    for (const struct node *n = e->spawn->parent; n && n != e->fn->body; n = n->parent)
        if (n->kind == S_WITH && node_mentions(n->kid[0], d)) e->with = e->with ? e->with : n;
    return e->with || d->kind == DECL_PARAM || !d->fn;
}

enum maker { MAKES_NONE, MAKES_TASK, MAKES_DETACHED, MAKES_IN_GROUP, MAKES_DETACHED_IN_GROUP };

static enum maker maker_of(const struct node *call)
{
    static const struct {
        const char *callee;
        enum maker makes;
    } makers[] = {{"acc__go", MAKES_DETACHED},
                  {"acc__spawn", MAKES_TASK},
                  {"acc__loop_spawn", MAKES_TASK},
                  {"acc__spawn_eager", MAKES_TASK},
                  {"acc__group_spawn", MAKES_IN_GROUP},
                  {"acc__group_go", MAKES_DETACHED_IN_GROUP}};
    const char *f = node_callee_name(call);
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (!strcmp(f, makers[i].callee)) return makers[i].makes;
    return MAKES_NONE;
}

void warn_escaping(struct unit *u, struct fn *fn, struct waits **waits, struct node *call)
{
    struct escape e = {.u = u, .fn = fn, .spawn = call};
    enum maker makes = maker_of(call);
    if (!makes || call->nkids < 2 || call->flags & NODE_UNEVALUATED) return;
    if (makes >= MAKES_IN_GROUP && !find_group(&e, call->kid[1])) return;
    if (!*waits) *waits = find_waits(&e);
    e.waits = *waits;
    if (makes == MAKES_DETACHED || makes == MAKES_DETACHED_IN_GROUP)
        e.fate = FATE_DROPPED;
    else
        find_fate(&e);
    if (e.fate != FATE_AWAITED) check_made(&e, call->kid[call->nkids - 1]);
}
