/* SPDX-License-Identifier: MIT */
/* dump.c: --dump=order, cfg, live, frame: stable text for people and tests; no pass reads it.
 *
 * In: a lowered function.  Out: lines.  Blocks are named b0.. in reverse postorder, awaits by their state,
 * locals by name, temporaries as in the output. */
#include "acc.h"
#include "order.h"

#include <string.h>

static const char *decl_text(const struct decl *d) {
    return d->emitted ? d->emitted : d->name ? d->name->s : "unnamed";
}

static void put_source(struct unit *u, struct node *n, struct buf *out) {
    bool space = false;
    for (uint32_t i = n->range.start; i < n->range.end; i++) {
        char c = u->text[i];
        if (c == ' ' || c == '\n' || c == '\t') {
            space = true;
            continue;
        }
        if (space) buf_putc(out, ' ');
        space = false;
        buf_putc(out, c);
    }
}

static unsigned line_of(struct unit *u, struct node *n) { return source_place(u, n->range.start).line; }

/* ---- order: the plans, with temporaries written in place of what they hold ---- */

static int kid_order(struct node *n, unsigned *order) {
    unsigned count = 0;
    for (unsigned i = 0; i < n->nkids; i++) {
        unsigned k = count;
        if (!n->kid[i]) continue;
        for (; k > 0 && n->kid[order[k - 1]]->range.start > n->kid[i]->range.start; k--) order[k] = order[k - 1];
        order[k] = i;
        count++;
    }
    return (int)count;
}

void dump_put_rest(struct unit *u, struct node *n, struct node *plain, struct buf *out) {
    uint32_t at = n->range.start;
    unsigned *order;
    int count;
    if (n->subst && n != plain) {
        buf_puts(out, n->subst->emitted);
        return;
    }
    if ((n->kind == E_AWAIT || n->kind == E_YIELD) && n->await) {
        buf_printf(out, "<%u>", n->await->state);
        return;
    }
    if (n->left_done && n->kind != E_COMMA) {
        buf_puts(out, "nothing");
        return;
    }
    if (n->kind == E_COMMA && n->left_done) {
        dump_put_rest(u, n->kid[1], plain, out);
        return;
    }
    order = NEWN(&u->arena, unsigned, n->nkids + 1);
    count = kid_order(n, order);
    for (int i = 0; i < count; i++) {
        struct node *k = n->kid[order[i]];
        buf_write(out, u->text + at, k->range.start - at);
        dump_put_rest(u, k, plain, out);
        at = k->range.end;
    }
    buf_write(out, u->text + at, n->range.end - at);
}

static const char *const how_name[] = {"embed", "frame", "leaf", "tail", "enter", "exit", "next", "close", "yield", "from", "future"};

/* A `with` before its statement, and behind it; a `for await`. */
static void dump_with(struct unit *u, struct node *n, struct buf *out) {
    if (!n->guards[0]->enter) return;
    buf_printf(out, "  %s <%u> to <%u> ", n->kind == S_WITH ? "with" : "for", n->guards[0]->enter->state, n->guards[0]->exit->state);
    dump_put_rest(u, n->kid[n->kind == S_FOR_IN], NULL, out);
    buf_putc(out, '\n');
}

static void dump_step(struct unit *u, struct step *s, struct buf *out, unsigned *depth) {
    static const char *const word[] = {"", "eval ", "block ", "", "if ", "if not ", "else", "end", "", "try ", "caught "};
    struct node *plain = s->expr && s->temp && s->expr->subst == s->temp ? s->expr : NULL;
    if (s->kind == STEP_ELSE || s->kind == STEP_END) --*depth;
    buf_printf(out, "%*s", (int)(4 + 2 * *depth), "");
    if (s->kind == STEP_IF || s->kind == STEP_IF_NOT || s->kind == STEP_ELSE) ++*depth;
    if (s->kind == STEP_AWAIT) {
        buf_printf(out, "<%u> await ", s->await->state);
        if (s->await->value) buf_printf(out, "to %s ", s->await->value->emitted);
        buf_printf(out, "(%s) ", how_name[s->await->how]);
        dump_put_rest(u, s->await->node->kid[0], NULL, out);
    } else {
        buf_puts(out, word[s->kind]);
        if (s->temp) buf_printf(out, "%s = ", s->temp->emitted);
        if (s->expr) dump_put_rest(u, s->expr, plain, out);
        else if (s->temp) buf_printf(out, "%d", s->value);
    }
    buf_putc(out, '\n');
}

static void dump_plans(struct unit *u, struct node *n, struct buf *out) {
    unsigned depth = 0;
    if (!n) return;
    if (n->plan) {
        buf_printf(out, "  line %u: ", line_of(u, n));
        put_source(u, n, out);
        buf_putc(out, '\n');
        for (unsigned i = 0; i < n->plan->steps.n; i++) dump_step(u, &n->plan->steps.v[i], out, &depth);
        buf_puts(out, "    rest ");
        dump_put_rest(u, n, NULL, out);
        buf_putc(out, '\n');
    }
    if (n->kind == S_WITH || n->kind == S_FOR_IN) dump_with(u, n, out);
    for (unsigned i = 0; i < n->nkids; i++) dump_plans(u, n->kid[i], out);
}

/* ---- cfg ---- */

static void dump_event(struct event *e, struct buf *out) {
    switch (e->kind) {
    case EV_USE: buf_printf(out, " use %s", decl_text(e->decl)); break;
    case EV_DEF: buf_printf(out, " def %s", decl_text(e->decl)); break;
    case EV_START: buf_printf(out, " start %s", decl_text(e->decl)); break;
    case EV_SUSPEND: buf_printf(out, " suspend %u", e->await->state); break;
    }
}

static void dump_cfg(struct unit *u, struct fn *fn, struct buf *out) {
    for (unsigned i = 0; i < fn->blocks.n; i++) {
        struct block *b = fn->blocks.v[i];
        if (!b->reachable) continue;
        buf_printf(out, "  b%u line %u:", i, source_place(u, b->range.start).line);
        for (unsigned k = 0; k < b->events.n; k++) dump_event(&b->events.v[k], out);
        buf_puts(out, b == fn->exit ? " exit" : b->succ.n ? " ->" : "");
        for (unsigned k = 0; k < b->succ.n; k++) buf_printf(out, " b%u", b->succ.v[k]->index);
        buf_putc(out, '\n');
    }
}

/* ---- live, frame ---- */

static void dump_live(struct unit *u, struct fn *fn, struct buf *out) {
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        struct await *a = fn->awaits.v[i];
        buf_printf(out, "  await %u line %u:", a->state, line_of(u, a->node));
        for (unsigned k = 0; k < fn->locals.n; k++)
            if (live_across(fn->locals.v[k], a)) buf_printf(out, " %s", decl_text(fn->locals.v[k]));
        buf_putc(out, '\n');
    }
    for (unsigned k = 0; k < fn->locals.n; k++) {
        struct decl *d = fn->locals.v[k];
        if (d->kind == DECL_TEMP) continue;
        buf_printf(out, "  %s:%s%s%s%s\n", decl_text(d), d->crosses ? " crosses" : " stays", d->escapes ? " escapes" : "",
                   d->assigned ? " assigned" : "", d->zero ? " zero" : "");
    }
}

static void dump_slot(struct unit *u, struct fn *fn, struct slot *s, struct buf *out) {
    struct decl *d = s->decl;
    struct type *t = d->type;
    buf_printf(out, "  cell %u: ", s->cell);
    if (d->is_void_pointer) buf_printf(out, "void *%s", d->slot);
    else if (d->frame_of) buf_printf(out, "frame of %s *%s", d->frame_of->name->s, d->slot);
    else if (d->is_truth || !t || !type_print(u, out, t, d->slot, true)) buf_printf(out, "%s %s", d->is_truth ? "int" : "?", d->slot);
    buf_puts(out, d->kind == DECL_PARAM ? ", parameter" : d->kind == DECL_TEMP ? ", temporary" : "");
    buf_puts(out, d->resident ? ", resident" : d->crosses ? ", saved" : "");
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        if (!live_across(d, fn->awaits.v[i])) continue;
        buf_printf(out, ", kept by await %u at line %u", i + 1, line_of(u, fn->awaits.v[i]->node));
        break;
    }
    buf_putc(out, '\n');
}

static void dump_frame(struct unit *u, struct fn *fn, struct buf *out) {
    buf_printf(out, "  depth %u%s%s\n", fn->depth, fn->recursive ? ", recursive" : "", fn->needs_ramp ? "" : ", no ramp");
    for (unsigned i = 0; i < fn->slots.n; i++) dump_slot(u, fn, &fn->slots.v[i], out);
    for (unsigned i = 0; i < fn->children.n; i++) {
        struct await *a = fn->children.v[i];
        buf_printf(out, "  child %s (%s)\n", a->callee ? a->callee->name->s : a->leaf->s, how_name[a->how]);
    }
}

void dump_function(struct unit *u, struct fn *fn, const char *what, struct buf *out) {
    if (!fn->is_async) return;
    if (!u->opt->dot) buf_printf(out, "%s:\n", fn->name->s);
    if (!strcmp(what, "order")) dump_plans(u, fn->body, out);
    else if (!strcmp(what, "cfg") && u->opt->dot) dump_dot(u, fn, out);
    else if (!strcmp(what, "cfg")) dump_cfg(u, fn, out);
    else if (!strcmp(what, "live")) dump_live(u, fn, out);
    else if (!strcmp(what, "frame")) dump_frame(u, fn, out);
}
