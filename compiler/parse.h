/* SPDX-License-Identifier: MIT */
/* parse.h: what parse.c and parse_error.c share: the parser itself. */
#ifndef ACC_PARSE_H
#define ACC_PARSE_H
#include "ast.h"

#include <tree_sitter/api.h>

extern const TSLanguage *tree_sitter_acc(void);

/* Above this many tokens the parser may not recover from an error: with more entries on its stack
 * than 16 bits count, the library frees what is not its own (libtree-sitter 0.20). */
enum { TOKENS_TO_WATCH = 50000 };

struct stuck {
    uint32_t at;  /* offset behind the last token that could be read */
    bool keyword; /* what follows is a keyword that fits nowhere */
};

TSParser *parse_parser(void); /* parse.c: the one parser, ready */
/* parse_error.c: the tree, or NULL and the offset at which an error stopped the parse: no recovery
 * is tried. With t, the text must be its external's, and a keyword taken for a name is where it
 * stopped, if that comes first. */
TSTree *parse_watched(struct cst_tree *t, const char *text, uint32_t len, struct stuck *stuck);
/* parse_error.c: sets t->why and t->where for masked text that the parser found an error in. */
void parse_error(struct cst_tree *t, const char *text, uint32_t len);
/* parse_hint.c: why it got stuck at token `at`, or NULL. */
const char *parse_hint(struct cst_tree *t, unsigned at);
unsigned parse_unclosed(struct cst_tree *t); /* the line of the `{` that is likely without its end; 0: none is */
#endif
