/* SPDX-License-Identifier: MIT */
/* ast.h: what parse.c and the ast files share, and no other pass sees.
 *
 * parse.c lays the concrete tree that the parser made of one external flat into an array, in
 * preorder:
 *
 *     v[i]      a node;  its first child, if it has one, is v[i + 1]
 *     v[i].next the next sibling (0: none), v[i].parent the node around it
 *
 * so that walking the array backwards meets every child before its parent. The ast files turn each
 * entry into an AST node in that order, from the nodes of its children: nothing here recurses with
 * the depth of the source. Strings, character constants and attributes are leaves: their insides
 * are the user's text. */
#ifndef ACC_AST_H
#define ACC_AST_H
#include "acc.h"

/* X(name, the grammar's name, which file builds it) */
#define CST_KINDS(X)                                                                               \
    X(TRANSLATION_UNIT, "translation_unit", NONE)                                                  \
    /* expressions: ast_expr.c */                                                                  \
    X(IDENTIFIER, "identifier", EXPR)                                                              \
    X(NUMBER_LITERAL, "number_literal", EXPR)                                                      \
    X(CHAR_LITERAL, "char_literal", EXPR)                                                          \
    X(STRING_LITERAL, "string_literal", EXPR)                                                      \
    X(CONCATENATED_STRING, "concatenated_string", EXPR)                                            \
    X(TRUE, "true", EXPR)                                                                          \
    X(FALSE, "false", EXPR)                                                                        \
    X(NULL, "null", EXPR)                                                                          \
    X(PARENTHESIZED_EXPRESSION, "parenthesized_expression", EXPR)                                  \
    X(SUBSCRIPT_EXPRESSION, "subscript_expression", EXPR)                                          \
    X(CALL_EXPRESSION, "call_expression", EXPR)                                                    \
    X(FIELD_EXPRESSION, "field_expression", EXPR)                                                  \
    X(UPDATE_EXPRESSION, "update_expression", EXPR)                                                \
    X(UNARY_EXPRESSION, "unary_expression", EXPR)                                                  \
    X(POINTER_EXPRESSION, "pointer_expression", EXPR)                                              \
    X(EXTENSION_EXPRESSION, "extension_expression", EXPR)                                          \
    X(LABEL_ADDRESS_EXPRESSION, "label_address_expression", EXPR)                                  \
    X(SIZEOF_EXPRESSION, "sizeof_expression", EXPR)                                                \
    X(ALIGNOF_EXPRESSION, "alignof_expression", EXPR)                                              \
    X(CAST_EXPRESSION, "cast_expression", EXPR)                                                    \
    X(COMPOUND_LITERAL_EXPRESSION, "compound_literal_expression", EXPR)                            \
    X(BINARY_EXPRESSION, "binary_expression", EXPR)                                                \
    X(CONDITIONAL_EXPRESSION, "conditional_expression", EXPR)                                      \
    X(ASSIGNMENT_EXPRESSION, "assignment_expression", EXPR)                                        \
    X(COMMA_EXPRESSION, "comma_expression", EXPR)                                                  \
    X(GENERIC_EXPRESSION, "generic_expression", EXPR)                                              \
    X(VA_ARG_EXPRESSION, "va_arg_expression", EXPR)                                                \
    X(OFFSETOF_EXPRESSION, "offsetof_expression", EXPR)                                            \
    X(TYPES_COMPATIBLE_EXPRESSION, "types_compatible_expression", EXPR)                            \
    X(CONVERT_VECTOR_EXPRESSION, "convert_vector_expression", EXPR)                                \
    X(BIT_CAST_EXPRESSION, "bit_cast_expression", EXPR)                                            \
    X(INITIALIZER_LIST, "initializer_list", EXPR)                                                  \
    X(INITIALIZER_PAIR, "initializer_pair", EXPR)                                                  \
    X(SUBSCRIPT_DESIGNATOR, "subscript_designator", EXPR)                                          \
    X(SUBSCRIPT_RANGE_DESIGNATOR, "subscript_range_designator", EXPR)                              \
    X(FIELD_DESIGNATOR, "field_designator", EXPR)                                                  \
    X(AWAIT_EXPRESSION, "await_expression", EXPR)                                                  \
    X(YIELD_EXPRESSION, "yield_expression", EXPR)                                                  \
    X(YIELD_FROM_EXPRESSION, "yield_from_expression", EXPR)                                        \
    /* statements: ast_stmt.c */                                                                   \
    X(COMPOUND_STATEMENT, "compound_statement", STMT)                                              \
    X(EXPRESSION_STATEMENT, "expression_statement", STMT)                                          \
    X(IF_STATEMENT, "if_statement", STMT)                                                          \
    X(SWITCH_STATEMENT, "switch_statement", STMT)                                                  \
    X(CASE_STATEMENT, "case_statement", STMT)                                                      \
    X(LABELED_STATEMENT, "labeled_statement", STMT)                                                \
    X(WHILE_STATEMENT, "while_statement", STMT)                                                    \
    X(DO_STATEMENT, "do_statement", STMT)                                                          \
    X(FOR_STATEMENT, "for_statement", STMT)                                                        \
    X(FOR_IN_STATEMENT, "for_in_statement", STMT)                                                  \
    X(RETURN_STATEMENT, "return_statement", STMT)                                                  \
    X(BREAK_STATEMENT, "break_statement", STMT)                                                    \
    X(CONTINUE_STATEMENT, "continue_statement", STMT)                                              \
    X(GOTO_STATEMENT, "goto_statement", STMT)                                                      \
    X(GNU_ASM_EXPRESSION, "gnu_asm_expression", STMT)                                              \
    X(STATIC_ASSERT_DECLARATION, "static_assert_declaration", STMT)                                \
    X(LABEL_DECLARATION, "label_declaration", STMT)                                                \
    X(DEFER_STATEMENT, "defer_statement", STMT)                                                    \
    X(TRY_STATEMENT, "try_statement", STMT)                                                        \
    X(CATCH_CLAUSE, "catch_clause", STMT)                                                          \
    X(CATCH_CANCEL_CLAUSE, "catch_cancel_clause", STMT)                                            \
    X(THROW_STATEMENT, "throw_statement", STMT)                                                    \
    X(WITH_STATEMENT, "with_statement", STMT)                                                      \
    /* declarations: ast_decl.c */                                                                 \
    X(FUNCTION_DEFINITION, "function_definition", DECL)                                            \
    X(DECLARATION, "declaration", DECL)                                                            \
    X(TYPE_DEFINITION, "type_definition", DECL)                                                    \
    X(FIELD_DECLARATION, "field_declaration", DECL)                                                \
    X(INIT_DECLARATOR, "init_declarator", DECL)                                                    \
    X(PARAMETER_DECLARATION, "parameter_declaration", DECL)                                        \
    X(TYPE_DESCRIPTOR, "type_descriptor", DECL)                                                    \
    X(TYPE_IDENTIFIER, "type_identifier", DECL)                                                    \
    X(PRIMITIVE_TYPE, "primitive_type", DECL)                                                      \
    X(FIELD_IDENTIFIER, "field_identifier", DECL)                                                  \
    X(STRUCT_SPECIFIER, "struct_specifier", DECL)                                                  \
    X(UNION_SPECIFIER, "union_specifier", DECL)                                                    \
    X(ENUM_SPECIFIER, "enum_specifier", DECL)                                                      \
    X(ENUMERATOR, "enumerator", DECL)                                                              \
    X(TYPEOF_SPECIFIER, "typeof_specifier", DECL)                                                  \
    X(ATOMIC_TYPE_SPECIFIER, "atomic_type_specifier", DECL)                                        \
    X(BIT_INT_SPECIFIER, "bit_int_specifier", DECL)                                                \
    X(ALIGNAS_QUALIFIER, "alignas_qualifier", DECL)                                                \
    X(ATTRIBUTE_SPECIFIER, "attribute_specifier", DECL)                                            \
    X(ATTRIBUTE_DECLARATION, "attribute_declaration", DECL)                                        \
    X(POINTER_DECLARATOR, "pointer_declarator", DECL)                                              \
    X(ABSTRACT_POINTER_DECLARATOR, "abstract_pointer_declarator", DECL)                            \
    X(ARRAY_DECLARATOR, "array_declarator", DECL)                                                  \
    X(ABSTRACT_ARRAY_DECLARATOR, "abstract_array_declarator", DECL)                                \
    X(FUNCTION_DECLARATOR, "function_declarator", DECL)                                            \
    X(ABSTRACT_FUNCTION_DECLARATOR, "abstract_function_declarator", DECL)                          \
    X(PARENTHESIZED_DECLARATOR, "parenthesized_declarator", DECL)                                  \
    X(ABSTRACT_PARENTHESIZED_DECLARATOR, "abstract_parenthesized_declarator", DECL)                \
    X(ATTRIBUTED_DECLARATOR, "attributed_declarator", DECL)                                        \
    /* parts that the node around them reads */                                                    \
    X(ARGUMENT_LIST, "argument_list", NONE)                                                        \
    X(ATTRIBUTED_STATEMENT, "attributed_statement", NONE)                                          \
    X(ELSE_CLAUSE, "else_clause", NONE)                                                            \
    X(STATEMENT_IDENTIFIER, "statement_identifier", NONE)                                          \
    X(GNU_ASM_QUALIFIER, "gnu_asm_qualifier", NONE)                                                \
    X(GNU_ASM_OUTPUT_OPERAND_LIST, "gnu_asm_output_operand_list", NONE)                            \
    X(GNU_ASM_OUTPUT_OPERAND, "gnu_asm_output_operand", NONE)                                      \
    X(GNU_ASM_INPUT_OPERAND_LIST, "gnu_asm_input_operand_list", NONE)                              \
    X(GNU_ASM_INPUT_OPERAND, "gnu_asm_input_operand", NONE)                                        \
    X(GNU_ASM_CLOBBER_LIST, "gnu_asm_clobber_list", NONE)                                          \
    X(GNU_ASM_GOTO_LIST, "gnu_asm_goto_list", NONE)                                                \
    X(STORAGE_CLASS_SPECIFIER, "storage_class_specifier", NONE)                                    \
    X(TYPE_QUALIFIER, "type_qualifier", NONE)                                                      \
    X(ASYNC_SPECIFIER, "async_specifier", NONE)                                                    \
    X(GENERATOR_SPECIFIER, "generator_specifier", NONE)                                            \
    X(AUTO_TYPE_SPECIFIER, "auto_type_specifier", NONE)                                            \
    X(SIZED_TYPE_SPECIFIER, "sized_type_specifier", NONE)                                          \
    X(BITFIELD_CLAUSE, "bitfield_clause", NONE)                                                    \
    X(FIELD_DECLARATION_LIST, "field_declaration_list", NONE)                                      \
    X(ENUMERATOR_LIST, "enumerator_list", NONE)                                                    \
    X(PARAMETER_LIST, "parameter_list", NONE)                                                      \
    X(VARIADIC_PARAMETER, "variadic_parameter", NONE)

enum cst_kind {
    CST_TOKEN, /* punctuator or keyword */
    CST_ERROR,
    CST_OTHER, /* a node of the grammar that has no place in C as it is translated */
#define X(name, text, where) CST_##name,
    CST_KINDS(X)
#undef X
        CST_KIND_COUNT
};

#define CST_FIELDS(X)                                                                              \
    X(ADDRESS, "address")                                                                          \
    X(ALTERNATIVE, "alternative")                                                                  \
    X(ARGUMENT, "argument")                                                                        \
    X(ARGUMENTS, "arguments")                                                                      \
    X(AWAIT, "await")                                                                              \
    X(BODY, "body")                                                                                \
    X(CONDITION, "condition")                                                                      \
    X(CONSEQUENCE, "consequence")                                                                  \
    X(CONSTRAINT, "constraint")                                                                    \
    X(DECLARATOR, "declarator")                                                                    \
    X(DESIGNATOR, "designator")                                                                    \
    X(END, "end")                                                                                  \
    X(FIELD, "field")                                                                              \
    X(FUNCTION, "function")                                                                        \
    X(HANDLER, "handler")                                                                          \
    X(INDEX, "index")                                                                              \
    X(INITIALIZER, "initializer")                                                                  \
    X(ITERABLE, "iterable")                                                                        \
    X(LABEL, "label")                                                                              \
    X(LEFT, "left")                                                                                \
    X(MEMBER, "member")                                                                            \
    X(NAME, "name")                                                                                \
    X(OPERATOR, "operator")                                                                        \
    X(PARAMETER, "parameter")                                                                      \
    X(PARAMETERS, "parameters")                                                                    \
    X(RIGHT, "right")                                                                              \
    X(SCOPE, "scope")                                                                              \
    X(SELECTOR, "selector")                                                                        \
    X(SIZE, "size")                                                                                \
    X(START, "start")                                                                              \
    X(TYPE, "type")                                                                                \
    X(UNDERLYING_TYPE, "underlying_type")                                                          \
    X(UPDATE, "update")                                                                            \
    X(VALUE, "value")                                                                              \
    X(WIDTH, "width")

enum cst_field {
    FIELD_NONE,
#define X(name, text) FIELD_##name,
    CST_FIELDS(X)
#undef X
        CST_FIELD_COUNT
};

struct cst {
    uint8_t kind, field;
    bool inner;            /* has children */
    uint32_t start, end;   /* in u->text */
    uint32_t tok;          /* of its first token, in u->tok */
    uint32_t parent, next; /* indices in cst_tree; next 0: the last child */
    struct node *ast;      /* what it became; NULL: a part that the node around it reads */
};
struct cst_tree {
    struct unit *u;
    struct external *ext;
    unsigned char *class; /* names.c's word on each token of the external */
    struct cst *v;        /* malloc'ed by parse.c */
    uint32_t n, cap;
    bool respelled;     /* some tokens are shorter in the masked text than in the user's */
    const char *why;    /* first thing that cannot be translated, or NULL */
    struct range where; /* ... and its place */
};
typedef VEC(struct node *) node_vec;

/* ast.c */
extern const char *const node_kid_roles[NODE_KIND_COUNT]; /* as NODE_KINDS says */
const char *ast_punct_spelling(unsigned punct); /* of two and more characters, else NULL */
struct node *ast_convert(struct cst_tree *t);   /* the external's node, or NULL with t->why set */
struct cst *cst_child(struct cst_tree *t, struct cst *c); /* first child or NULL */
struct cst *cst_next(struct cst_tree *t, struct cst *c);
struct cst *cst_parent(struct cst_tree *t, struct cst *c);
struct cst *cst_get(struct cst_tree *t, struct cst *c,
                    enum cst_field f); /* first child of that field */
struct node *ast_get(struct cst_tree *t, struct cst *c, enum cst_field f); /* what it became */
struct token *cst_token(struct cst_tree *t, struct cst *c);
unsigned cst_class(struct cst_tree *t, struct cst *c);   /* enum token_class of its first token */
unsigned cst_punct(struct cst_tree *t, struct cst *c);   /* of a CST_TOKEN, 0: none */
unsigned cst_keyword(struct cst_tree *t, struct cst *c); /* of its first token, K_NONE: none */
bool cst_is_attribute(const struct cst *c);              /* __attribute__ or [[ ]] */
struct node *ast_new(struct cst_tree *t, enum node_kind k, struct range r, unsigned nkids);
struct node *ast_list(struct cst_tree *t, enum node_kind k, struct range r, node_vec *kids);
struct node *ast_fields(struct cst_tree *t, struct cst *c, enum node_kind k, unsigned n, ...);
void ast_name(struct cst_tree *t, struct node *n, struct cst *leaf); /* sets name and name_range */
struct range cst_range(const struct cst *c);
void ast_refuse(struct cst_tree *t, struct range r, const char *why);
/* ast_expr.c, ast_stmt.c, ast_decl.c: one entry each, its children having been built */
struct node *ast_expr(struct cst_tree *t, struct cst *c);
struct node *ast_stmt(struct cst_tree *t, struct cst *c);
struct node *ast_decl(struct cst_tree *t, struct cst *c);
/* ast_stmt.c: the items that a run of siblings stands for, labels with what they label */
void ast_items(struct cst_tree *t, struct cst *first, node_vec *items);
struct node *ast_single(struct cst_tree *t, struct cst *c); /* c as the one statement of another */
/* ast_decl.c */
struct node *ast_bare_type(struct cst_tree *t, struct cst *c,
                           uint32_t end); /* `struct s { ... };` */
bool cst_is_type(const struct cst *c);    /* a type specifier */
struct node *ast_for_in_decl(struct cst_tree *t, struct cst *c);
#endif
