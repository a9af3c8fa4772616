/* SPDX-License-Identifier: MIT */
/* tree.c: what parse.c makes of every external of a file, for the tests of this folder and of
 * test/dump.
 *
 *   tree dump FILE    the tree of each external, in order; then the messages
 *   tree check FILE   looks at the invariants, prints how many externals were read and the messages
 *
 * Exit status 1 if an external could not be read. Unlike acc --dump=ast it shows declarations and
 * plain functions, too, and nothing that a later pass refuses is missing. */
#include "acc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dump_ast(struct unit *u, struct node *root, struct buf *out);

static void text_read(const char *path, struct buf *b)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char part[1 << 16];
    if (!f) {
        perror(path);
        exit(2);
    }
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_write(b, part, n);
    buf_puts(b, "");
    fclose(f);
}

static void require(struct unit *u, const struct node *n, bool holds, const char *what)
{
    if (holds) return;
    printf("%s: %s: %.*s\n", what, node_kind_name[n->kind], (int)(n->range.end - n->range.start),
           u->text + n->range.start);
    exit(3);
}

/* Index of the first token that ends behind the offset. */
static unsigned token_at(const struct unit *u, uint32_t offset)
{
    unsigned low = 0, high = u->tok.n - 1;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (u->tok.v[mid].end <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void check_node(struct unit *u, struct node *n)
{
    struct range r = n->range;
    require(u, n, r.start <= r.end, "range");
    if (r.start < r.end) {
        require(u, n, u->tok.v[token_at(u, r.start)].start == r.start, "start");
        require(u, n, u->tok.v[token_at(u, r.end - 1)].end == r.end, "end");
    }
    for (unsigned i = 0; i < n->nkids; i++) {
        struct node *k = n->kid[i];
        if (!k) continue;
        require(u, k, k->parent == n, "parent");
        require(u, k, k->range.start >= r.start && k->range.end <= r.end, "outside its parent");
        check_node(u, k);
    }
}

int main(int argc, char **argv)
{
    struct buf text = {0}, out = {0};
    unsigned read = 0, refused = 0;
    if (argc != 3) return 2;
    text_read(argv[2], &text);
    struct options opt = {.input = argv[2], .no_cpp = true};
    struct diagnostics diag = {0};
    struct unit u = {
        .opt = &opt, .diag = &diag, .path = argv[2], .text = text.s, .len = (uint32_t)text.len};
    u.names.arena = &u.arena;
    source_markers(&u);
    lex_unit(&u);
    unit_split(&u);
    for (unsigned i = 0; i < u.ext.n; i++) {
        struct external *x = &u.ext.v[i];
        if (x->kind == EXT_DIRECTIVE) continue;
        struct node *n = parse_external(&u, x, true);
        if (!n)
            refused++;
        else
            read++;
        if (n && strcmp(argv[1], "dump") == 0)
            dump_ast(&u, n, &out);
        else if (n)
            check_node(&u, n);
    }
    if (strcmp(argv[1], "check") == 0) buf_printf(&out, "%u externals\n", read);
    if (diag.out.len) buf_write(&out, diag.out.s, diag.out.len);
    if (out.len) fwrite(out.s, 1, out.len, stdout);
    buf_free(&out);
    buf_free(&diag.out);
    buf_free(&text);
    names_free(&u.names);
    arena_free(&u.arena);
    return refused ? 1 : 0;
}
