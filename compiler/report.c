/* SPDX-License-Identifier: MIT */
/* report.c: --frame-report: how large each coroutine frame is, and what stands where in it.
 *
 * In: lowered functions.  Out: tables of frame members with their offsets and sizes, printed.
 * The idea: only the C compiler knows the layout, and it may compile for another machine, so
 * nothing is run: the translated unit is compiled with one constant array behind it that holds two
 * marks and then every size and offset, and the object file is searched for the marks.  That works
 * with any object format; the first mark also tells the order of bytes. Invariant: numbers are read
 * in the order in which put_probe asked for them. */
#include "report.h"
#include "emit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const uint64_t mark[2] = {0x61cc0f12a3e57e01, 0x9be4d7706258b3c5};

/* ---- what is asked for ---- */

static void add_row(struct report *r, struct frame_table *t, struct row row)
{
    vec_push(&r->u->arena, &t->rows, row);
}

static void add_slots(struct report *r, struct frame_table *t)
{
    struct arena *a = &r->u->arena;
    unsigned *used = NEWN(a, unsigned, t->fn->ncells + 1),
             *number = NEWN(a, unsigned, t->fn->ncells + 1), shared = 0;
    for (unsigned i = 0; i < t->fn->slots.n; i++)
        used[t->fn->slots.v[i].cell]++;
    for (unsigned i = 0; i < t->fn->slots.n; i++) {
        struct slot *s = &t->fn->slots.v[i];
        if (used[s->cell] > 1 && !number[s->cell]) number[s->cell] = ++shared;
        add_row(
            r, t,
            (struct row){
                .kind = ROW_SLOT, .path = s->decl->slot, .decl = s->decl, .cell = number[s->cell]});
        for (unsigned k = 0; vla_is_kept(s->decl) && k < s->decl->vla_sizes.n; k++)
            add_row(r, t,
                    (struct row){.kind = ROW_BOUND,
                                 .path = vla_size_slot(r->u, s->decl, k),
                                 .decl = s->decl});
    }
}

static void add_frame(struct report *r, struct fn *fn)
{
    struct frame_table t = {.fn = fn};
    add_row(r, &t, (struct row){.kind = ROW_HEADER, .path = "coro"});
    if (!fn->result_void) add_row(r, &t, (struct row){.kind = ROW_RESULT, .path = "value"});
    add_slots(r, &t);
    for (unsigned i = 0; i < fn->children.n; i++) {
        struct await *a = fn->children.v[i];
        const char *path =
            arena_printf(&r->u->arena, "u.%s", a->callee ? a->callee->name->s : a->leaf->s);
        add_row(r, &t, (struct row){.kind = ROW_CHILD, .path = path, .child = a});
    }
    vec_push(&r->u->arena, &r->frames, t);
}

static void put_probe(struct report *r, struct buf *out)
{
    buf_puts(out, "\n#line 1 \"frame sizes\"\n");
    buf_printf(out, "extern const unsigned long long acc__frame_report[];\nconst unsigned long "
                    "long acc__frame_report[] = {\n");
    buf_printf(out, "0x%llxULL, 0x%llxULL", (unsigned long long)mark[0],
               (unsigned long long)mark[1]);
    for (unsigned i = 0; i < r->frames.n; i++) {
        struct frame_table *t = &r->frames.v[i];
        buf_printf(out, ",\nsizeof(struct %s)", t->fn->frame_tag);
        for (unsigned k = 0; k < t->rows.n; k++)
            buf_printf(out, ",\n__builtin_offsetof(struct %s, %s), sizeof(((struct %s *)0)->%s)",
                       t->fn->frame_tag, t->rows.v[k].path, t->fn->frame_tag, t->rows.v[k].path);
    }
    buf_puts(out, "};\n");
}

/* ---- compiling it ---- */

static bool begins_with(const char *s, const char *start)
{
    return !strncmp(s, start, strlen(start));
}

/* What makes no object file, or another file beside it. */
static bool is_unwanted(const char *word)
{
    static const char *const start[] = {
        "-g",         "-flto",          "-fsyntax-only", "--coverage",       "-ftest-coverage",
        "-fprofile-", "-fstack-usage",  "-fdump-",       "-fcallgraph-info", "-fwhole-program",
        "-fanalyzer", "-fembed-bitcode"};
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        if (begins_with(word, start[i])) return true;
    return false;
}

/* Text that was not preprocessed finds its headers, and what translated code needs. */
static void add_unpreprocessed(struct unit *u, struct words *w)
{
    struct name *version = name_intern(&u->names, "acc__abi_version", strlen("acc__abi_version"));
    if (!unit_mention(version, MENTION_ENUMERATOR)) {
        words_add(&u->arena, w, "-include");
        words_add(&u->arena, w, arena_printf(&u->arena, "%s/acc/abi.h", u->opt->include_dir));
    }
    words_add(&u->arena, w, "-isystem");
    words_add(&u->arena, w, u->opt->include_dir);
}

static bool read_object(struct diagnostics *d, const char *path, struct buf *to)
{
    FILE *file = fopen(path, "rb");
    char block[1 << 14];
    size_t n;
    if (!file) {
        diag_file(d, NULL, "no frame report: the compiler wrote no object file: %s",
                  strerror(errno));
        return false;
    }
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_write(to, block, n);
    fclose(file);
    return true;
}

static bool compile(struct unit *u, struct buf *text, struct buf *object)
{
    struct arena *a = &u->arena;
    const struct words *given = u->opt->no_cpp ? &u->opt->cpp : &u->opt->codegen;
    struct command c = {.in = -1};
    char *folder = temp_folder(u->diag, a);
    const char *source = folder ? temp_file(a, folder, "frames.c") : NULL;
    const char *output = folder ? temp_file(a, folder, "frames.o") : NULL;
    int status;
    if (!folder || !file_write(u->diag, source, text->s, text->len)) return false;
    words_add_program(a, &c.words, u->opt->cc);
    for (unsigned i = 0; i < given->n; i++)
        if (!is_unwanted(given->v[i])) words_add(a, &c.words, given->v[i]);
    if (u->opt->no_cpp) add_unpreprocessed(u, &c.words);
    words_split(a, &c.words, "-w -c -o");
    words_add(a, &c.words, output);
    words_add(a, &c.words, source);
    status = command_run(a, &c);
    if (!command_succeeded(u->diag, &c, "the compiler", status)) {
        diag_file(u->diag, NULL,
                  "no frame report: sizes are asked of the compiler, which must compile the "
                  "translated file");
        return false;
    }
    return read_object(u->diag, output, object);
}

/* ---- reading the object ---- */

static uint64_t number_at(const char *p, bool big_endian)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < 8; i++)
        n = n << 8 | (unsigned char)p[big_endian ? i : 7 - i];
    return n;
}

/* The first number behind the marks, NULL: they are not there, or fewer than `count` numbers are.
 */
static const char *find_marks(const struct buf *object, size_t count, bool *big_endian)
{
    if (object->len < 16 || count > (object->len - 16) / 8) return NULL;
    for (size_t at = 0; at <= object->len - 16 - 8 * count; at++) {
        const char *p = object->s + at;
        for (int big = 0; big < 2; big++) {
            if (number_at(p, big) != mark[0] || number_at(p + 8, big) != mark[1]) continue;
            *big_endian = big;
            return p + 16;
        }
    }
    return NULL;
}

static bool read_numbers(struct report *r, const struct buf *object)
{
    size_t count = 0;
    bool big = false;
    const char *p;
    for (unsigned i = 0; i < r->frames.n; i++)
        count += 1 + 2 * (size_t)r->frames.v[i].rows.n;
    p = find_marks(object, count, &big);
    if (!p) {
        diag_file(r->u->diag, NULL,
                  "no frame report: '%s' made no object file that holds the sizes", r->u->opt->cc);
        return false;
    }
    for (unsigned i = 0; i < r->frames.n; i++) {
        struct frame_table *t = &r->frames.v[i];
        t->size = number_at(p, big);
        p += 8;
        for (unsigned k = 0; k < t->rows.n; k++, p += 16) {
            t->rows.v[k].offset = number_at(p, big);
            t->rows.v[k].size = number_at(p + 8, big);
        }
    }
    return true;
}

/* ---- the tables ---- */

static int by_offset(const struct row *a, const struct row *b)
{
    bool swapped = a->kind == ROW_CHILD && b->kind != ROW_CHILD;
    if (a->offset != b->offset) return a->offset > b->offset;
    return swapped;
}

/* Nearly sorted as they are: members stand in order of their cells. */
static void sort_rows(struct frame_table *t)
{
    unsigned long long end = 0;
    for (unsigned i = 1; i < t->rows.n; i++) {
        struct row row = t->rows.v[i];
        unsigned k = i;
        for (; k > 0 && by_offset(&t->rows.v[k - 1], &row) > 0; k--)
            t->rows.v[k] = t->rows.v[k - 1];
        t->rows.v[k] = row;
    }
    for (unsigned i = 0; i < t->rows.n; i++) {
        struct row *row = &t->rows.v[i];
        if (row->offset > end) t->padding += row->offset - end;
        if (row->offset + row->size > end) end = row->offset + row->size;
    }
    if (t->size > end) t->padding += t->size - end;
}

void report_unit(struct unit *u, struct buf *out)
{
    struct report r = {.u = u};
    struct buf text = {0}, object = {0};
    emit_unit(u, &text);
    for (unsigned i = 0; i < u->fns.n; i++)
        if (u->fns.v[i]->is_async) add_frame(&r, u->fns.v[i]);
    if (!u->diag->errors && r.frames.n) {
        put_probe(&r, &text);
        if (compile(u, &text, &object) && read_numbers(&r, &object)) {
            for (unsigned i = 0; i < r.frames.n; i++)
                sort_rows(&r.frames.v[i]);
        }
    }
    if (!u->diag->errors) (u->opt->json ? report_json : report_print)(&r, out);
    buf_free(&text);
    buf_free(&object);
}
