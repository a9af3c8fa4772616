/* SPDX-License-Identifier: MIT */
/* check_jump.c: rules about the scopes that must be entered through their declaration.
 *
 * Input: an async function with names and types.  Output: diagnostics.  The idea: a variably
 * modified declaration (C11 6.8.6.1p1), a cleanup and a statement expression each own a region of
 * the text, from the declarator to the end of its scope; a jump whose target lies in a region that
 * its source is not in, is an error.  Compilers do not check it alike (gcc is silent about a
 * cleanup, clang 14 about a statement expression), and after translation each resumption is such a
 * jump: so what owns a region in which an await stands is refused for now. */
#include "acc.h"

enum region_kind { REGION_VLA, REGION_CLEANUP, REGION_STMT };
struct region {
    enum region_kind kind;
    uint32_t from, to;
    struct decl *decl; /* NULL: a statement expression */
    struct node *node;
};
typedef VEC(struct region) regions;
typedef VEC(struct node *) nodes;

struct jumps {
    struct unit *u;
    struct fn *fn;
    regions regions;
    nodes awaits, gotos, cases;
};

static bool contains(const struct region *r, uint32_t at)
{
    return at >= r->from && at < r->to;
}

/* ---------------------------------------------------------------- collecting */

static void add_region(struct jumps *j, enum region_kind kind, struct decl *d, struct range r)
{
    struct region region = {kind, r.start, r.end, d, d ? d->node : NULL};
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
    if (type_is_variably_modified(d->type)) add_region(j, REGION_VLA, d, r);
    if (d->kind == DECL_TYPEDEF) return;
    if (d->cleanup) add_region(j, REGION_CLEANUP, d, r);
}

static void collect(struct jumps *j, struct node *n)
{
    if (!n || n->kind == N_FUNCTION) return;
    struct arena *a = &j->u->arena;
    switch (n->kind) {
    case E_AWAIT:
        if (!(n->flags & NODE_UNEVALUATED)) vec_push(a, &j->awaits, n);
        break;
    case E_STMT: {
        struct region r = {REGION_STMT, n->range.start, n->range.end, NULL, n};
        vec_push(a, &j->regions, r);
        break;
    }
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

/* ---------------------------------------------------------------- jumps */

static void say_entered(struct jumps *j, const struct region *r)
{
    if (r->kind == REGION_STMT)
        diag_note(j->u, (struct range){r->from, r->from + 2},
                  "the statement expression begins here");
    else
        diag_note(j->u, r->node->range, "'%s' is declared here",
                  r->decl->name ? r->decl->name->s : "?");
}

static const char *region_text(enum region_kind k)
{
    return k == REGION_STMT  ? "into a statement expression"
           : k == REGION_VLA ? "into the scope of a variable length array"
                             : "into the scope of a variable with a cleanup";
}

static void check_jump(struct jumps *j, struct node *from, uint32_t source, uint32_t target,
                       const char *what)
{
    for (unsigned i = 0; i < j->regions.n; i++) {
        struct region *r = &j->regions.v[i];
        if (!contains(r, target) || contains(r, source)) continue;
        diag_error(j->u, from->range, "%s jumps %s", what, region_text(r->kind));
        say_entered(j, r);
        return;
    }
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

/* ---------------------------------------------------------------- not yet: regions in which an
 * await stands */

static struct node *await_in(const struct jumps *j, const struct region *r)
{
    for (unsigned i = 0; i < j->awaits.n; i++)
        if (contains(r, j->awaits.v[i]->range.start)) return j->awaits.v[i];
    return NULL;
}

static void refuse(struct jumps *j, const struct region *r, struct node *await, const char *what)
{
    const char *name = r->decl->name ? r->decl->name->s : "?";
    diag_error(j->u, r->node->range,
               "'%s' %s and lives across an await, which is not supported yet", name, what);
    diag_note(j->u, await->range, "the await is here");
}

static void refuse_cleanup(struct jumps *j, const struct region *r, struct node *await)
{
    refuse(j, r, await, "has a cleanup attribute");
}

static void refuse_regions(struct jumps *j)
{
    for (unsigned i = 0; i < j->regions.n; i++) {
        struct region *r = &j->regions.v[i];
        struct node *await = r->kind == REGION_STMT ? NULL : await_in(j, r);
        if (!await) continue;
        if (r->kind == REGION_CLEANUP) refuse_cleanup(j, r, await);
    }
}

void check_jumps(struct unit *u, struct fn *fn)
{
    struct jumps j = {.u = u, .fn = fn};
    collect(&j, fn->body);
    collect_regions(&j);
    check_gotos(&j);
    check_cases(&j);
    refuse_regions(&j);
}
