/* SPDX-License-Identifier: MIT */
/* parse.h: what parse.c and parse_error.c share: the parser itself. */
#ifndef ACC_PARSE_H
#define ACC_PARSE_H
#include "ast.h"

#include <tree_sitter/api.h>

extern const TSLanguage *tree_sitter_acc(void);

TSParser *parse_parser(void); /* parse.c: the one parser, ready */
/* parse_error.c: sets t->why and t->where for masked text that the parser found an error in. */
void parse_error(struct cst_tree *t, const char *text, uint32_t len);
#endif
