/* SPDX-License-Identifier: MIT */
/* report_print.c: the tables of --frame-report, as text for people and as JSON.
 *
 * In: frame tables with their numbers.  Out: for each function its size and one line for each
 * member, by offset; what shares bytes has the same number in the column `cell`; below a child
 * stand the members of its frame, at their offsets in the whole block. Invariant: within the table
 * of a function the frame of each child is spelled out once. */
#include "report.h"

#include <string.h>

enum { DEEPEST = 8 }; /* frames in frames: what lies deeper is in the table of its own function */

struct line { /* of the text form */
    const struct row *row;
    unsigned depth;
    unsigned long long offset;
    bool again; /* a frame that was spelled out above */
};
struct printer {
    struct report *r;
    struct buf *out;
    struct frame_table **of;  /* by fn->number */
    unsigned *shown, current; /* by fn->number: the last table it was spelled out in */
    VEC(struct line) lines;
};

static char *taken(struct arena *a, struct buf *b)
{
    char *s = arena_strdup(a, b->s ? b->s : "", b->len);
    buf_free(b);
    return s;
}

/* Text of a range on one line and not too long, as a terminal or JSON can show it. */
static void put_short(struct unit *u, struct buf *out, struct range r)
{
    enum { most = 48 };
    struct buf b = {0};
    uint32_t end = r.start;
    for (unsigned i = scope_token(u, r.start);
         u->tok.v[i].kind != TOK_END && u->tok.v[i].start < r.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_DIRECTIVE) continue;
        if (t->start > end && b.len) buf_putc(&b, ' ');
        buf_write(&b, u->text + t->start, t->end - t->start);
        end = t->end;
    }
    if (b.len > most) {
        b.len = most - 3;
        while (b.len && ((unsigned char)b.s[b.len] & 0xc0) == 0x80)
            b.len--;
        buf_puts(&b, "...");
    }
    diag_put_shown(out, b.s ? b.s : "", b.len);
    buf_free(&b);
}

static struct place await_place(struct unit *u, const struct await *a)
{
    return source_place(u, a->node->range.start);
}

static void put_await(struct unit *u, struct buf *b, const struct await *a)
{
    struct place p = await_place(u, a);
    buf_printf(b, "await %u at %s:%u", a->state, p.file ? p.file : u->path, p.line);
}

static const char *kind_name(const struct row *row)
{
    switch (row->kind) {
    case ROW_HEADER: return "header";
    case ROW_RESULT: return "result";
    case ROW_BOUND: return "bound";
    case ROW_CHILD: return row->child->callee ? "frame" : "operation";
    case ROW_SLOT: break;
    }
    return row->decl->kind == DECL_PARAM  ? "parameter"
           : row->decl->kind == DECL_TEMP ? "temporary"
                                          : "local";
}

static bool is_vla(const struct row *row)
{
    return row->decl->vla_sizes.n != 0;
}

/* A declaration of `name` (NULL: a type name) for a member. */
static void put_type(struct unit *u, struct buf *b, const struct row *row, const char *name)
{
    struct decl *d = row->decl;
    const char *space = name ? " " : "", *text = name ? name : "";
    if (row->kind == ROW_BOUND)
        buf_printf(b, "size_t%s%s", space, text);
    else if (is_vla(row))
        buf_printf(b, "void *%s", text);
    else if (d->is_void_pointer)
        buf_printf(b, "void *%s", text);
    else if (d->frame_of)
        buf_printf(b, "frame of %s *%s", d->frame_of->name->s, text);
    else if (d->is_truth)
        buf_printf(b, "int%s%s", space, text);
    else if (!d->type || !type_print(u, b, d->type, name, true))
        buf_puts(b, name ? name : "?");
}

/* ---- text ---- */

static void put_keepers(struct unit *u, struct fn *fn, const struct decl *d, struct buf *b)
{
    unsigned count = 0;
    enum { most = 3 };
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        if (!live_across(d, fn->awaits.v[i]) || ++count > most) continue;
        buf_puts(b, count == 1 ? ", kept by " : ", ");
        put_await(u, b, fn->awaits.v[i]);
    }
    if (count > most) buf_printf(b, " and %u more", count - most);
    if (!count && d->kind == DECL_PARAM) buf_puts(b, ", until the body starts");
}

static void put_slot_why(struct unit *u, struct fn *fn, const struct row *row, struct buf *b)
{
    const struct decl *d = row->decl;
    buf_puts(b, kind_name(row));
    if (d->kind == DECL_TEMP && d->node && !d->frame_of) {
        buf_puts(b, " for '");
        put_short(u, b, d->node->range);
        buf_puts(b, "'");
    } else if (d->name && d->node && d->slot && strcmp(d->slot, d->name->s) != 0) {
        buf_printf(b, " '%s' of line %u", d->name->s, source_place(u, d->node->range.start).line);
    }
    if (is_vla(row))
        buf_puts(b, d->type->kind == TY_ARRAY ? ", its elements in a block of their own" : "");
    else if (d->resident && d->kind != DECL_PARAM)
        buf_puts(b, ", lives here");
    put_keepers(u, fn, d, b);
}

static void put_child_why(struct unit *u, struct fn *fn, const struct row *row, struct buf *b)
{
    const struct await *first = row->child;
    unsigned count = 0;
    buf_puts(b, first->callee ? "frame of " : "operation of ");
    put_await(u, b, first);
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        const struct await *a = fn->awaits.v[i];
        bool direct = a->how != AWAIT_FRAME && a->how != AWAIT_FUTURE && (a->callee || a->leaf);
        count += a != first && direct &&
                 (first->callee ? a->callee == first->callee : a->leaf == first->leaf);
    }
    if (count) buf_printf(b, " and %u more", count);
}

static void put_row(struct unit *u, struct fn *fn, const struct row *row, struct buf *what,
                    struct buf *why)
{
    switch (row->kind) {
    case ROW_HEADER: buf_puts(what, "header"); break;
    case ROW_RESULT:
        buf_puts(what, "result");
        if (!type_print(u, why, fn->result, NULL, true)) buf_puts(why, "?");
        break;
    case ROW_BOUND:
        put_type(u, what, row, row->path);
        buf_printf(why, "bound of '%s'", row->decl->name ? row->decl->name->s : row->decl->slot);
        break;
    case ROW_SLOT:
        put_type(u, what, row, row->path);
        put_slot_why(u, fn, row, why);
        break;
    case ROW_CHILD:
        buf_puts(what, row->child->callee ? row->child->callee->name->s : row->child->leaf->s);
        put_child_why(u, fn, row, why);
        break;
    }
}

/* The lines of a frame at `base` of the block. */
static void add_lines(struct printer *p, struct frame_table *t, unsigned depth,
                      unsigned long long base)
{
    struct arena *a = &p->r->u->arena;
    for (unsigned i = 0; i < t->rows.n; i++) {
        struct row *row = &t->rows.v[i];
        struct fn *callee = row->kind == ROW_CHILD ? row->child->callee : NULL;
        struct line line = {.row = row, .depth = depth, .offset = base + row->offset};
        line.again = callee && p->shown[callee->number] == p->current;
        if (!row->what) {
            struct buf what = {0}, why = {0};
            put_row(p->r->u, t->fn, row, &what, &why);
            row->what = taken(a, &what);
            row->why = taken(a, &why);
        }
        vec_push(a, &p->lines, line);
        if (!callee || line.again || depth == DEEPEST) continue;
        p->shown[callee->number] = p->current;
        add_lines(p, p->of[callee->number], depth + 1, base + row->offset);
    }
}

static unsigned width_of(const char *s)
{
    unsigned n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void put_lines(struct printer *p)
{
    unsigned wide = 0;
    bool cells = false;
    for (unsigned i = 0; i < p->lines.n; i++) {
        unsigned n = 2 * p->lines.v[i].depth + width_of(p->lines.v[i].row->what);
        if (n > wide && n <= 40) wide = n;
        cells |= p->lines.v[i].row->cell != 0;
    }
    buf_printf(p->out, "    offset      size  %s%-*s  why\n", cells ? "cell  " : "", (int)wide,
               "member");
    for (unsigned i = 0; i < p->lines.n; i++) {
        struct line *l = &p->lines.v[i];
        unsigned n = 2 * l->depth + width_of(l->row->what);
        buf_printf(p->out, "%10llu%10llu  ", l->offset, l->row->size);
        if (cells && l->row->cell)
            buf_printf(p->out, "%4u  ", l->row->cell);
        else if (cells)
            buf_puts(p->out, "      ");
        buf_printf(p->out, "%*s%s", (int)(2 * l->depth), "", l->row->what);
        n = n < wide ? wide - n : 0;
        if (*l->row->why) buf_printf(p->out, "%*s  %s", (int)n, "", l->row->why);
        if (l->again) buf_puts(p->out, ", spelled out above");
        buf_putc(p->out, '\n');
    }
}

static void put_outside(struct printer *p, struct fn *fn)
{
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        struct await *a = fn->awaits.v[i];
        if (a->how != AWAIT_FRAME) continue;
        buf_printf(p->out, "    %s: a block of its own for ", a->callee->name->s);
        put_await(p->r->u, p->out, a);
        buf_puts(p->out, ", a recursive call\n");
    }
}

void report_print(struct report *r, struct buf *out)
{
    struct printer p = {.r = r, .out = out};
    struct arena *a = &r->u->arena;
    p.of = NEWN(a, struct frame_table *, r->u->fns.n + 2);
    p.shown = NEWN(a, unsigned, r->u->fns.n + 2);
    for (unsigned i = 0; i < r->frames.n; i++)
        p.of[r->frames.v[i].fn->number] = &r->frames.v[i];
    for (unsigned i = 0; i < r->frames.n; i++) {
        struct frame_table *t = &r->frames.v[i];
        struct place at = source_place(r->u, t->fn->decl->node->range.start);
        p.current = i + 1;
        p.lines.n = 0;
        buf_printf(out, "%s%s at %s:%u: %llu bytes, %u await%s", i ? "\n" : "", t->fn->name->s,
                   at.file ? at.file : r->u->path, at.line, t->size, t->fn->awaits.n,
                   t->fn->awaits.n == 1 ? "" : "s");
        if (t->padding) buf_printf(out, ", %llu bytes of padding", t->padding);
        buf_putc(out, '\n');
        add_lines(&p, t, 0, 0);
        put_lines(&p);
        put_outside(&p, t->fn);
    }
}

/* ---- JSON ---- */

static void put_string(struct buf *b, const char *s)
{
    diag_put_json(b, s, strlen(s));
}

static void put_json_place(struct unit *u, struct buf *out, uint32_t offset)
{
    struct place p = source_place(u, offset);
    buf_puts(out, "\"file\": ");
    put_string(out, p.file ? p.file : u->path);
    buf_printf(out, ", \"line\": %u", p.line);
}

static void put_states(struct fn *fn, const struct row *row, struct buf *out)
{
    const char *comma = "";
    const struct await *c = row->child;
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        struct await *a = fn->awaits.v[i];
        bool direct = a->how != AWAIT_FRAME && a->how != AWAIT_FUTURE && (a->callee || a->leaf);
        if (c ? !direct || (c->callee ? a->callee != c->callee : a->leaf != c->leaf)
              : !live_across(row->decl, a))
            continue;
        buf_printf(out, "%s%u", comma, a->state);
        comma = ", ";
    }
}

static void put_json_row(struct unit *u, struct fn *fn, const struct row *row, struct buf *out)
{
    struct buf type = {0};
    buf_printf(out, "      {\"kind\": \"%s\", \"offset\": %llu, \"size\": %llu, \"name\": ",
               kind_name(row), row->offset, row->size);
    if (row->kind == ROW_CHILD)
        put_string(out, row->child->callee ? row->child->callee->name->s : row->child->leaf->s);
    else
        put_string(out, row->kind == ROW_SLOT && row->decl->name ? row->decl->name->s : row->path);
    if (row->kind == ROW_SLOT || row->kind == ROW_BOUND) {
        put_type(u, &type, row, NULL);
        buf_puts(out, ", \"type\": ");
        put_string(out, type.s ? type.s : "?");
    }
    if (row->kind == ROW_SLOT) {
        buf_puts(out, ", \"member\": ");
        put_string(out, row->path);
        if (row->cell) buf_printf(out, ", \"cell\": %u", row->cell);
        if (row->decl->node) {
            buf_puts(out, ", ");
            put_json_place(u, out, row->decl->node->range.start);
        }
    }
    if (row->kind == ROW_SLOT || row->kind == ROW_CHILD) {
        buf_puts(out, ", \"awaits\": [");
        put_states(fn, row, out);
        buf_putc(out, ']');
    }
    buf_putc(out, '}');
    buf_free(&type);
}

static void put_json_frame(struct unit *u, struct frame_table *t, struct buf *out)
{
    struct fn *fn = t->fn;
    buf_puts(out, "  {\"function\": ");
    put_string(out, fn->name->s);
    buf_puts(out, ", ");
    put_json_place(u, out, fn->decl->node->range.start);
    buf_printf(out, ", \"size\": %llu, \"padding\": %llu,\n    \"awaits\": [", t->size, t->padding);
    for (unsigned i = 0; i < fn->awaits.n; i++) {
        buf_printf(out, "%s\n      {\"state\": %u, ", i ? "," : "", fn->awaits.v[i]->state);
        put_json_place(u, out, fn->awaits.v[i]->node->range.start);
        buf_putc(out, '}');
    }
    buf_puts(out, "],\n    \"members\": [");
    for (unsigned i = 0; i < t->rows.n; i++) {
        buf_puts(out, i ? ",\n" : "\n");
        put_json_row(u, fn, &t->rows.v[i], out);
    }
    buf_puts(out, "]}");
}

void report_json(struct report *r, struct buf *out)
{
    buf_putc(out, '[');
    for (unsigned i = 0; i < r->frames.n; i++) {
        buf_puts(out, i ? ",\n" : "\n");
        put_json_frame(r->u, &r->frames.v[i], out);
    }
    buf_puts(out, r->frames.n ? "\n]\n" : "]\n");
}
