/* SPDX-License-Identifier: MIT */
/* frame_size.c: how many bytes the frames take, for -Wframe-size=N.
 *
 * Input: lowered functions, callees first.  Output: fn->frame_bytes; warnings.  The struct that
 * emit_fn.c writes is laid out here as the usual LP64 ABI would: the header, the value, the cells,
 * the union of the children.  The numbers decide about a warning only; --frame-report asks the
 * compiler.  A part whose size is not known counts as nothing, and the message says "at least". */
#include "emit.h"

#include <string.h>

enum { HEADER_SIZE = 32, FRAME_ALIGN = 16, POINTER_SIZE = 8 };

/* What is put into the frame one behind the other, and the largest of it. */
struct layout {
    struct unit *u;
    struct fn *fn;
    unsigned long at, align;
    bool unknown;           /* some part was left out */
    unsigned long most;     /* bytes of the largest part */
    struct decl *largest;   /* that part: an object */
    struct await *child;    /* ... or what is awaited here */
};
struct extent {
    unsigned long bytes, align;
};

static void place(struct layout *l, struct extent e)
{
    if (e.align > FRAME_ALIGN) e.align = FRAME_ALIGN;
    if (e.align > l->align) l->align = e.align;
    if (e.align) l->at = (l->at + e.align - 1) / e.align * e.align;
    l->at += e.bytes;
}

static struct extent extent_of_type(struct layout *l, struct type *t)
{
    struct extent e = {type_size(l->u, t), type_align(l->u, t)};
    if (!e.bytes) l->unknown = true;
    return e;
}

static struct extent extent_of_slot(struct layout *l, struct decl *d)
{
    if (vla_is_kept(d)) return (struct extent){POINTER_SIZE * (1 + d->vla_sizes.n), POINTER_SIZE};
    if (d->is_void_pointer || d->frame_of) return (struct extent){POINTER_SIZE, POINTER_SIZE};
    if (d->is_truth) return (struct extent){4, 4};
    struct extent e = extent_of_type(l, d->type);
    bool asked = d->resident && d->aligned && d->specs;
    unsigned long own = asked ? type_declared_align(l->u, d->specs, d->declarator) : 0;
    if (own > e.align) e.align = own;
    if (d->resident && e.align > FRAME_ALIGN) e.bytes += e.align - FRAME_ALIGN; /* room to move */
    return e;
}

static void place_cells(struct layout *l)
{
    struct fn *fn = l->fn;
    struct extent *cells = NEWN(&l->u->arena, struct extent, fn->ncells + 1);
    for (unsigned i = 0; i < fn->slots.n; i++) {
        struct extent e = extent_of_slot(l, fn->slots.v[i].decl);
        struct extent *cell = &cells[fn->slots.v[i].cell];
        if (e.bytes > cell->bytes) cell->bytes = e.bytes;
        if (e.align > cell->align) cell->align = e.align;
        if (e.bytes <= l->most) continue;
        l->most = e.bytes;
        l->largest = fn->slots.v[i].decl;
    }
    for (unsigned i = 0; i < fn->ncells; i++)
        place(l, cells[i]);
}

static struct extent extent_of_child(struct layout *l, struct await *a)
{
    if (a->callee) {
        l->unknown |= a->callee->frame_is_larger;
        return (struct extent){a->callee->frame_bytes, a->callee->frame_align};
    }
    const char *s = arena_printf(&l->u->arena, "%s__wait", a->leaf->s);
    struct decl *tag = scope_file_lookup(l->u, name_intern(&l->u->names, s, strlen(s)), true);
    return extent_of_type(l, tag ? type_of_decl(l->u, tag) : NULL);
}

static void place_children(struct layout *l)
{
    struct extent all = {0, 0};
    for (unsigned i = 0; i < l->fn->children.n; i++) {
        struct extent e = extent_of_child(l, l->fn->children.v[i]);
        if (e.align > all.align) all.align = e.align;
        if (e.bytes > all.bytes) all.bytes = e.bytes;
        if (e.bytes <= l->most) continue;
        l->most = e.bytes;
        l->largest = NULL;
        l->child = l->fn->children.v[i];
    }
    place(l, all);
}

/* ---------------------------------------------------------------- the warning */

static void note_object(struct layout *l)
{
    struct decl *d = l->largest;
    if (!d->node) return;
    const char *name = d->kind == DECL_TEMP ? "the value of this"
                       : d->name            ? arena_printf(&l->u->arena, "'%s'", d->name->s)
                                            : "this object";
    diag_note(l->u, d->node->range, "%s takes %lu of them", name, l->most);
    for (unsigned i = 0; i < l->fn->awaits.n; i++) {
        if (!live_across(d, l->fn->awaits.v[i])) continue;
        diag_note(l->u, l->fn->awaits.v[i]->node->range, "it is kept across this await");
        return;
    }
}

static void warn_size(struct layout *l)
{
    unsigned long limit = l->u->diag->frame_limit;
    struct node *name = scope_declarator_name(node_kid(l->fn->node, 1));
    if (!limit || l->at <= limit) return;
    diag_warn(l->u, WARN_FRAME_SIZE, name ? name->range : l->fn->node->range,
              "the frame of '%s' takes %s%lu bytes, more than %lu", l->fn->name->s,
              l->unknown ? "at least " : "", l->at, limit);
    if (l->largest)
        note_object(l);
    else if (l->child)
        diag_note(l->u, l->child->node->range, "what is awaited here takes %lu of them", l->most);
}

void frame_sizes(struct unit *u)
{
    for (unsigned i = 0; u->diag->frame_limit && i < u->order.n; i++) {
        struct fn *fn = u->order.v[i];
        struct layout l = {.u = u, .fn = fn, .at = HEADER_SIZE, .align = POINTER_SIZE};
        if (!fn->is_async || fn->refused) continue;
        if (!fn->result_void) place(&l, extent_of_type(&l, fn->result));
        place_cells(&l);
        place_children(&l);
        place(&l, (struct extent){0, l.align});
        fn->frame_bytes = l.at;
        fn->frame_align = l.align;
        fn->frame_is_larger = l.unknown;
        warn_size(&l);
    }
}
