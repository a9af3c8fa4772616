/* SPDX-License-Identifier: MIT */
/* type_init.c: which part of an object each initialiser sets (C11 6.7.9).
 *
 * Input: the type of the object and its initialiser.  Output: the completed type of an unsized
 * array, and the type each brace-enclosed list initialises (E_INIT's node->type).  The walk follows
 * the current object as the standard tells it: designators move it, braces open a level, what has
 * none fills sub-aggregates. */
#include "acc.h"

struct list {
    struct unit *u;
    struct node *init; /* E_INIT */
    unsigned at;       /* next item */
};

static bool has_elements(const struct type *t)
{
    return t->kind == TY_ARRAY || t->kind == TY_VECTOR;
}

static bool is_aggregate(const struct type *t)
{
    return t && (has_elements(t) || t->kind == TY_STRUCT || t->kind == TY_UNION);
}

static struct node *item_value(struct node *item)
{
    return item->kind == E_DESIGNATED ? node_kid(item, 0) : item;
}

static struct node *without_parens(struct node *e)
{
    while (e && e->kind == E_PAREN)
        e = node_kid(e, 0);
    return e;
}

static bool is_string_for(struct unit *u, struct type *t, struct node *e)
{
    e = without_parens(e);
    if (!t || t->kind != TY_ARRAY || !e || e->kind != E_STRING) return false;
    struct type *s = type_expr(u, e);
    return s && type_size(u, s->base) == type_size(u, t->base) && type_is_integer(t->base);
}

/* Does the value set the whole of t, so that no braces are elided? */
static bool sets_whole(struct unit *u, struct type *t, struct node *value)
{
    if (!is_aggregate(t) || value->kind == E_INIT) return true;
    if (t->kind == TY_ARRAY) {
        struct node *e = without_parens(value);
        return is_string_for(u, t, value) ||
               (e && e->kind == E_COMPOUND && type_compatible(u, type_expr(u, e), t));
    }
    struct type *v = type_expr(u, value);
    if (t->kind == TY_VECTOR) return !v || !type_is_arithmetic(v);
    return v && (v->kind == TY_STRUCT || v->kind == TY_UNION) && v->tag == t->tag;
}

enum filling {
    BRACED, /* the whole list is for this object */
    ELIDED, /* braces elided: up to the last element, or to the next designator; the first item is
               taken as it is */
    RESUMED /* the same behind a designated part: a designator as the first item ends it too */
};
static long long fill(struct list *l, struct type *t, long long from, enum filling how);

static void set_braced(struct unit *u, struct type *t, struct node *init)
{
    if (init->kind != E_INIT || (init->flags & NODE_TYPED)) return;
    init->type = t;
    struct list l = {.u = u, .init = init};
    if (is_aggregate(t)) fill(&l, t, 0, BRACED);
}

/* The next item is for an object of type t; consumes one item, or several if braces are elided. */
static void set_one(struct list *l, struct type *t)
{
    struct node *value = item_value(l->init->kid[l->at]);
    if (!t || !value || sets_whole(l->u, t, value)) {
        l->at++;
        if (value) set_braced(l->u, t, value);
        return;
    }
    fill(l, t, 0, ELIDED);
}

/* Number of the element or member that a designator names; -1: not found. */
static long long designated(struct list *l, struct type *t, struct node *d, struct type **sub)
{
    long long i = 0;
    if (has_elements(t)) {
        struct node *index = node_kid(d, 1) ? d->kid[1] : node_kid(d, 0);
        *sub = t->base;
        return index && type_constant(l->u, index, &i) ? i : -1;
    }
    struct member *m = type_own_member(l->u, t, d->name);
    if (m) *sub = m->type;
    return m ? (long long)m->number : -1;
}

/* The item at hand is designated; `at` of its designators are followed. Sets it and what comes
 * behind it below t. */
static long long follow(struct list *l, struct type *t, unsigned at)
{
    struct node *item = l->init->kid[l->at];
    struct type *sub = NULL;
    long long i = is_aggregate(t) ? designated(l, t, item->kid[at], &sub) : -1;
    if (i < 0) {
        l->at++;
        return -1;
    }
    struct member *m = has_elements(t) ? NULL : type_numbered_member(l->u, t, i);
    bool through_anonymous = m && !m->name && item->kid[at]->name;
    if (through_anonymous) {
        long long inner = follow(l, sub, at);
        if (inner >= 0) fill(l, sub, inner + 1, RESUMED);
    } else if (at + 1 < item->nkids) {
        long long inner = follow(l, sub, at + 1);
        if (inner >= 0) fill(l, sub, inner + 1, RESUMED);
    } else {
        set_one(l, sub);
    }
    return i;
}

static bool is_full(struct type *t, struct member *m, long long i)
{
    if (has_elements(t)) return t->count >= 0 && i >= t->count;
    return !m || (t->kind == TY_UNION && i > 0);
}

/* Fills t from its element or member `from` on; returns the number of the largest one set, plus 1.
 */
static long long fill(struct list *l, struct type *t, long long from, enum filling how)
{
    long long i = from, most = from;
    unsigned start = l->at;
    while (l->at < l->init->nkids) {
        bool as_it_is = how == ELIDED && l->at == start;
        if (l->init->kid[l->at]->kind == E_DESIGNATED && !as_it_is) {
            if (how != BRACED) return most;
            i = follow(l, t, 1);
        } else {
            struct member *m = has_elements(t) ? NULL : type_numbered_member(l->u, t, i);
            bool full = is_full(t, m, i);
            if (full && how != BRACED) {
                if (i == from && l->at == start && how == ELIDED)
                    l->at++; /* an empty struct takes nothing */
                return most;
            }
            if (full) {
                l->at++; /* an excess initialiser: the compiler says so */
                continue;
            }
            set_one(l, m ? m->type : t->base);
        }
        i++;
        if (i > most) most = i;
    }
    return most;
}

struct type *type_initialized(struct unit *u, struct type *t, struct node *init)
{
    if (!t || !init) return t;
    bool unsized = t->kind == TY_ARRAY && t->count < 0 && !t->size;
    struct node *value = init;
    /* char s[] = {"abc"}; */
    if (init->kind == E_INIT && init->nkids == 1 && t->kind == TY_ARRAY &&
        is_string_for(u, t, init->kid[0]))
        value = init->kid[0];
    long long count = -1;
    if (is_string_for(u, t, value)) {
        count = type_expr(u, without_parens(value))->count;
    } else if (init->kind == E_INIT) {
        struct list l = {.u = u, .init = init};
        count = is_aggregate(t) ? fill(&l, t, 0, BRACED) : -1;
    } else if (unsized) {
        struct type *v = type_expr(u, init); /* a compound literal (GNU) */
        if (v && v->kind == TY_ARRAY) count = v->count;
    }
    if (unsized && count >= 0) {
        struct type *c = type_array(u, t->base, count);
        t = c;
    }
    if (init->kind == E_INIT) init->type = t;
    return t;
}
