/* SPDX-License-Identifier: MIT */
/* emit.c: the unit: what is not the dialect's is copied byte for byte, each async function is replaced.
 *
 * In: lowered functions.  Out: the translated text.
 * The idea: one walk over the external declarations.  At an async declaration stand its prototypes; at the place
 * graph.c found, first all frames (callees first), then all bodies. */
#include "emit.h"

#include <string.h>

static void name_function(struct unit *u, struct fn *fn) {
    const char *s = fn->name->s;
    fn->frame_tag = unit_fresh_name(u, arena_printf(&u->arena, "%s__frame", s));
    fn->resume = unit_fresh_name(u, arena_printf(&u->arena, "%s__resume", s));
    fn->description = unit_fresh_name(u, arena_printf(&u->arena, "%s__info", s));
    fn->ramp = unit_fresh_name(u, arena_printf(&u->arena, "%s__async", s));
    if (fn->has_blocks) fn->leaver = unit_fresh_name(u, arena_printf(&u->arena, "%s__leave", s));
    if (fn->launched[LAUNCH_GO]) fn->launcher[LAUNCH_GO] = unit_fresh_name(u, arena_printf(&u->arena, "%s__go", s));
    if (fn->launched[LAUNCH_SPAWN]) fn->launcher[LAUNCH_SPAWN] = unit_fresh_name(u, arena_printf(&u->arena, "%s__spawn", s));
    fn->label_stem = fn_label_stem(u, fn, "S");
    fn->continue_stem = fn_label_stem(u, fn, "continue_");
    fn->guard_stem = fn_label_stem(u, fn, "U");
    fn->body_stem = fn_label_stem(u, fn, "E");
}

/* Once, before the first frame: headers of another runtime must not pass. */
static void put_version(struct emit *e, struct external *x) {
    if (e->versioned || !x->emitted.n) return;
    e->versioned = true;
    put_line(e, x->range.start);
    put(e, "_Static_assert(acc__abi_version == %d, \"translated for another version of the acc runtime\");", ABI_VERSION);
}

static void put_places(struct emit *e, struct external *x) {
    put_version(e, x);
    for (unsigned i = 0; i < x->emitted.n; i++) {
        e->fn = x->emitted.v[i];
        put_frame(e, e->fn);
    }
    for (unsigned i = 0; i < x->emitted.n; i++) {
        e->fn = x->emitted.v[i];
        put_body(e, e->fn);
    }
    e->fn = NULL;
}

static void put_plain(struct emit *e, struct fn *fn) {
    e->fn = fn;
    put_node(e, fn->node);
    e->fn = NULL;
}

static void put_external(struct emit *e, struct external *x, struct fn *fn) {
    e->fn = fn;
    if (fn && !fn->is_async) bind_emit(e, fn);
    e->fn = NULL;
    if (!fn) put_async_declaration(e, x->node);
    else if (!fn->is_async) put_plain(e, fn);
    else put_prototype(e, fn->node->kid[0], fn->node->kid[1], fn->func, fn);
}

void emit_unit(struct unit *u, struct buf *out) {
    struct emit e = {.u = u, .out = out};
    uint32_t at = 0;
    struct place p = source_marked(u, 0);
    e.file = p.file;
    e.line = p.line;
    e.system_header = p.system_header;
    for (unsigned i = 0; i < u->fns.n; i++) name_function(u, u->fns.v[i]);
    for (unsigned i = 0; i < u->ext.n; i++) {
        struct external *x = &u->ext.v[i];
        struct fn *fn = x->fn;
        bool declares = x->kind == EXT_DECLARATION && x->is_async && x->node;
        if (!fn && !declares && !x->emitted.n) continue;
        put_text(&e, at, fn || declares ? x->range.start : x->range.end);
        if (fn || declares) put_external(&e, x, fn);
        put_places(&e, x);
        at = x->range.end;
    }
    put_text(&e, at, u->len);
}
