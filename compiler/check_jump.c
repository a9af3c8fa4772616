/* SPDX-License-Identifier: MIT */
/* check_jump.c: rules about the scopes that must be entered through their declaration.
 *
 * Input: an async function, or a plain one with `defer`, with names and types.  Output: diagnostics.
 * The idea: a variably modified declaration (C11 6.8.6.1p1), a cleanup, a statement expression, and
 * a `defer` (ISO/IEC TS 25755) each own a region of the text, from the declaration to the end of its
 * scope; a jump whose target lies in a region that its source is not in, is an error.  A deferred
 * statement is a region that may not be left by a jump either.  Regions lie in each other or apart, so
 * what is asked of one is asked of the innermost ones and goes outwards no further than it must.
 * Compilers do not check it alike (gcc is silent about a cleanup, clang 14 about a statement
 * expression). */
#include "acc.h"
#include "order.h"

#include <stdlib.h>
#include <string.h>

enum region_kind { REGION_VLA, REGION_CLEANUP, REGION_STMT, REGION_DEFER, REGION_DEFERRED, REGION_CATCH, REGION_WITH, REGION_FOR };
struct region {
    enum region_kind kind;
    uint32_t from, to;
    struct decl *decl; /* NULL: a statement expression */
    struct node *node;
    struct region *outer, *deferred, *guard; /* the next one around it; of it and those, the innermost
                                                deferred statement, and what a computed goto heeds */
};
/* From here on, up to the next border, `in` is the innermost region. */
struct border {
    uint32_t at;
    struct region *in;
};
typedef VEC(struct region) regions;
typedef VEC(struct node *) nodes;

struct jumps {
    struct unit *u;
    struct fn *fn;
    regions regions;
    VEC(struct border) borders;
    nodes gotos, cases, addresses;
};

static bool contains(const struct region *r, uint32_t at)
{
    return at >= r->from && at < r->to;
}

/* ---------------------------------------------------------------- collecting */

static void add_region(struct jumps *j, enum region_kind kind, struct decl *d, struct range r, struct node *n)
{
    struct region region = {.kind = kind, .from = r.start, .to = r.end, .decl = d, .node = n};
    vec_push(&j->u->arena, &j->regions, region);
}

static void decl_regions(struct jumps *j, struct scope *s, struct decl *d)
{
    if (d->kind != DECL_VAR && d->kind != DECL_PARAM && d->kind != DECL_TYPEDEF) return;
    if (d->storage == STORAGE_STATIC || d->storage == STORAGE_EXTERN ||
        d->storage == STORAGE_THREAD)
        return;
    struct range r = {d->kind == DECL_PARAM ? s->node->range.start : d->node->range.start,
                      s->node->range.end};
    if (type_is_variably_modified(d->type)) add_region(j, REGION_VLA, d, r, d->node);
    if (d->kind == DECL_TYPEDEF) return;
    if (d->cleanup) add_region(j, REGION_CLEANUP, d, r, d->node);
}

/* The block whose end runs a deferred statement; the statement itself where it is all there is. */
static struct node *block_of(struct node *defer)
{
    struct node *n = defer->parent;
    while (n && (n->kind == S_LABEL || n->kind == S_CASE || n->kind == S_DEFAULT))
        n = n->parent;
    return n && n->kind == S_COMPOUND ? n : NULL;
}

static struct range word_range(struct jumps *j, struct node *n)
{
    struct token *t = &j->u->tok.v[scope_token(j->u, n->range.start)];
    return (struct range){t->start, t->end};
}

/* A value would have to outlive what is deferred in the block that computes it. */
static void check_value(struct jumps *j, struct node *defer, struct node *block)
{
    struct node *e = block->parent, *last = block->nkids ? block->kid[block->nkids - 1] : NULL;
    while (last && last->kind == S_LABEL)
        last = node_kid(last, 0);
    if (!e || e->kind != E_STMT || !last || last->kind != S_EXPR || type_is_void(e->type)) return;
    diag_error(j->u, word_range(j, defer), "'defer' in a statement expression that has a value is not supported");
}

static void defer_regions(struct jumps *j, struct node *n)
{
    struct node *block = block_of(n);
    add_region(j, REGION_DEFERRED, NULL, n->range, n);
    if (!block) return;
    add_region(j, REGION_DEFER, NULL, (struct range){n->range.end, block->range.end}, n);
    check_value(j, n, block);
}

static void check_return(struct jumps *j, struct node *n)
{
    for (struct node *p = n->parent; p; p = p->parent) {
        if (p->kind != S_DEFER) continue;
        diag_error(j->u, n->range, "'return' in a deferred statement");
        diag_note(j->u, word_range(j, p), "deferred here");
        return;
    }
}

/* What is repeated, or chosen from; the heads of those that are evaluated once belong to what is around them. */
static struct node *body_of(const struct node *n)
{
    return n->kid[n->kind == S_DO ? 0 : n->kind == S_FOR ? 3 : n->kind == S_FOR_IN ? 2 : 1];
}

static bool is_head_once(const struct node *n, const struct node *part)
{
    return n->kind == S_SWITCH || n->kind == S_FOR_IN || (n->kind == S_FOR && n->kid[0] == part);
}

/* In a statement expression in the head: compilers do not agree which loop is meant. */
static void refuse_in_head(struct jumps *j, struct node *n, struct node *loop)
{
    diag_error(j->u, n->range,
               "'%s' in the head of a loop, which gcc takes for the loop around it and clang for the loop itself",
               n->kind == S_BREAK ? "break" : "continue");
    diag_note(j->u, word_range(j, loop), "the loop is here");
}

static void check_loop_exit(struct jumps *j, struct node *n)
{
    struct node *part = n;
    for (struct node *p = n->parent; p; part = p, p = p->parent) {
        if (node_is_loop(p) || (p->kind == S_SWITCH && n->kind == S_BREAK)) {
            if (body_of(p) == part) return;
            if (is_head_once(p, part)) continue;
            refuse_in_head(j, n, p);
            return;
        }
        if (p->kind != S_DEFER) continue;
        diag_error(j->u, n->range, "'%s' jumps out of a deferred statement", n->kind == S_BREAK ? "break" : "continue");
        diag_note(j->u, word_range(j, p), "deferred here");
        return;
    }
}

static void collect(struct jumps *j, struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return;
    struct arena *a = &j->u->arena;
    switch (n->kind) {
    case S_DEFER: defer_regions(j, n); break;
    case N_CATCH: add_region(j, REGION_CATCH, NULL, n->range, n); break;
    case S_WITH: add_region(j, REGION_WITH, NULL, n->kid[1]->range, n); break;
    case S_FOR_IN: add_region(j, REGION_FOR, NULL, n->kid[2]->range, n); break;
    case S_RETURN: check_return(j, n); break;
    case S_BREAK:
    case S_CONTINUE: check_loop_exit(j, n); break;
    case E_LABEL_ADDR:
    case S_GOTO_COMPUTED: vec_push(a, &j->addresses, n); break;
    case E_STMT: add_region(j, REGION_STMT, NULL, n->range, n); break;
    case S_GOTO: vec_push(a, &j->gotos, n); break;
    case S_CASE:
    case S_DEFAULT: vec_push(a, &j->cases, n); break;
    default: break;
    }
    for (unsigned i = 0; i < n->nkids; i++)
        collect(j, n->kid[i]);
}

static void collect_regions(struct jumps *j)
{
    for (unsigned i = 0; i < j->fn->scopes.n; i++) {
        struct scope *s = j->fn->scopes.v[i];
        if (!s->node || s->node->kind == D_FUNCTION) continue;
        for (unsigned k = 0; k < s->decls.n; k++)
            decl_regions(j, s, s->decls.v[k]);
    }
}

/* ---------------------------------------------------------------- which region is where */

static int by_start(const void *a, const void *b)
{
    const struct region *x = *(struct region *const *)a, *y = *(struct region *const *)b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to > y->to ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void add_border(struct jumps *j, uint32_t at, struct region *in)
{
    struct border b = {at, in};
    vec_push(&j->u->arena, &j->borders, b);
}

static bool is_guard(const struct region *r)
{
    return r->kind == REGION_DEFER || r->kind == REGION_DEFERRED || r->kind == REGION_CLEANUP ||
           r->kind == REGION_WITH || r->kind == REGION_FOR;
}

static void find_borders(struct jumps *j)
{
    unsigned n = j->regions.n;
    struct region **sorted = NEWN(&j->u->arena, struct region *, n + 1), *in = NULL;
    for (unsigned i = 0; i < n; i++)
        sorted[i] = &j->regions.v[i];
    if (n) qsort(sorted, n, sizeof *sorted, by_start);
    for (unsigned i = 0; i < n; i++) {
        struct region *r = sorted[i];
        for (; in && in->to <= r->from; in = in->outer)
            add_border(j, in->to, in->outer);
        r->outer = in;
        r->deferred = r->kind == REGION_DEFERRED ? r : in ? in->deferred : NULL;
        r->guard = is_guard(r) ? r : in ? in->guard : NULL;
        in = r;
        add_border(j, r->from, r);
    }
    for (; in; in = in->outer)
        add_border(j, in->to, in->outer);
}

static struct region *innermost(const struct jumps *j, uint32_t at)
{
    unsigned low = 0, high = j->borders.n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (j->borders.v[mid].at <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? j->borders.v[low - 1].in : NULL;
}

/* ---------------------------------------------------------------- jumps */

static void say_entered(struct jumps *j, const struct region *r)
{
    if (r->kind == REGION_STMT)
        diag_note(j->u, (struct range){r->from, r->from + 2},
                  "the statement expression begins here");
    else if (!r->decl)
        diag_note(j->u, word_range(j, r->node), r->kind == REGION_CATCH  ? "the 'catch' is here"
                                                : r->kind == REGION_WITH ? "the 'with' is here"
                                                : r->kind == REGION_FOR  ? "the 'for' is here"
                                                                         : "deferred here");
    else
        diag_note(j->u, r->node->range, "'%s' is declared here",
                  r->decl->name ? r->decl->name->s : "?");
}

static const char *region_text(enum region_kind k)
{
    static const char *const text[] = {"into the scope of a variable length array", "into the scope of a variable with a cleanup",
                                       "into a statement expression", "over a 'defer' into its scope",
                                       "into a deferred statement", "into a 'catch'", "into a 'with'",
                                       "into a loop over a generator"};
    return text[k];
}

static void check_jump(struct jumps *j, struct node *from, uint32_t source, uint32_t target,
                       const char *what)
{
    struct region *r, *first = NULL, *left = innermost(j, source);
    for (r = innermost(j, target); r && !contains(r, source); r = r->outer)
        if (!first || r < first) first = r;
    left = left ? left->deferred : NULL;
    for (r = left; r && !contains(r, target); r = r->outer ? r->outer->deferred : NULL)
        if (!first || r < first) first = r;
    if (!first) return;
    bool out = contains(first, source);
    diag_error(j->u, from->range, "%s jumps %s", what, out ? "out of a deferred statement" : region_text(first->kind));
    say_entered(j, first);
}

static void check_gotos(struct jumps *j)
{
    for (unsigned i = 0; i < j->gotos.n; i++) {
        struct node *n = j->gotos.v[i], *label = n->decl ? n->decl->node : NULL;
        if (label) check_jump(j, n, n->range.start, label->range.start, "'goto'");
    }
}

static struct range label_range(struct jumps *j, struct node *n)
{
    struct token *t = &j->u->tok.v[scope_token(j->u, n->range.start)];
    struct node *value = node_kid(n, n->kind == S_CASE && node_kid(n, 1) ? 1 : 0);
    return (struct range){t->start, n->kind == S_CASE && value ? value->range.end : t->end};
}

static void check_cases(struct jumps *j)
{
    for (unsigned i = 0; i < j->cases.n; i++) {
        struct node *n = j->cases.v[i], *s = n->parent;
        while (s && s->kind != S_SWITCH)
            s = s->parent;
        if (!s) continue;
        struct node label = *n;
        label.range = label_range(j, n);
        check_jump(j, &label, s->range.start, n->range.start, "this label of 'switch'");
    }
}

/* Where a computed goto leads is not known: from where it stands to no label may a guard lie. */
static const struct region *guard_at(const struct jumps *j, uint32_t at)
{
    const struct region *r = innermost(j, at);
    return r ? r->guard : NULL;
}

/* What a handler caught is known only to who came in through its `catch`. */
static bool check_computed_into(struct jumps *j, struct node *label)
{
    for (const struct region *r = innermost(j, label->range.start); r; r = r->outer) {
        for (unsigned i = 0; r->kind == REGION_CATCH && i < j->addresses.n; i++) {
            struct node *from = j->addresses.v[i];
            if (from->kind != S_GOTO_COMPUTED || contains(r, from->range.start)) continue;
            diag_error(j->u, from->range, "a computed 'goto' may jump into a 'catch'");
            say_entered(j, r);
            return false;
        }
    }
    return true;
}

static void check_computed(struct jumps *j)
{
    const struct region *one = NULL;
    bool first = true;
    for (unsigned i = 0; i < j->addresses.n; i++) {
        struct node *n = j->addresses.v[i], *label = n->kind == E_LABEL_ADDR && n->decl ? n->decl->node : n;
        const struct region *r = guard_at(j, label ? label->range.start : n->range.start);
        if (n->kind == E_LABEL_ADDR && label && !check_computed_into(j, label)) return;
        if (first) one = r;
        first = false;
        if (r == one) continue;
        diag_error(j->u, n->range, "a computed 'goto' may jump into or out of the scope of a %s",
                   (r ? r : one)->kind == REGION_CLEANUP ? "variable with a cleanup"
                   : (r ? r : one)->kind == REGION_WITH  ? "'with'"
                   : (r ? r : one)->kind == REGION_FOR   ? "loop over a generator"
                                                         : "'defer'");
        say_entered(j, r ? r : one);
        return;
    }
}

void check_jumps(struct unit *u, struct fn *fn)
{
    struct jumps j = {.u = u, .fn = fn};
    collect(&j, fn->body);
    collect_regions(&j);
    find_borders(&j);
    check_gotos(&j);
    check_cases(&j);
    check_computed(&j);
}
