/* SPDX-License-Identifier: MIT
 *
 * Runs files in the corpus format of the tree-sitter CLI, which machines that only build have not.
 *
 *     corpus FILE...          parses each test and compares the trees; status 1 if one differs
 *     corpus --tree FILE      prints the tree of a whole file, one node a line
 *
 * A test is a line of `=`, its name, a line of `=`, the text, a line of `-`, the tree as an
 * S-expression. Blanks in the tree count for nothing; field names are compared when it has any.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_acc(void);

static unsigned passed, failed;

static void *check(void *memory)
{
    if (memory == NULL) {
        fputs("corpus: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "corpus: cannot open '%s'\n", path);
        exit(2);
    }
    size_t capacity = 4096;
    char *text = check(malloc(capacity + 1));
    *length = 0;
    for (size_t n; (n = fread(text + *length, 1, capacity - *length, file)) > 0;) {
        *length += n;
        if (*length == capacity) text = check(realloc(text, (capacity *= 2) + 1));
    }
    text[*length] = '\0';
    fclose(file);
    return text;
}

/* The S-expression of the text's tree; the caller frees it. */
static char *tree_of(const char *text, size_t length)
{
    TSParser *parser = check(ts_parser_new());
    if (!ts_parser_set_language(parser, tree_sitter_acc())) {
        fputs("corpus: this libtree-sitter does not read the parser's version\n", stderr);
        exit(2);
    }
    TSTree *tree = check(ts_parser_parse_string(parser, NULL, text, (uint32_t)length));
    char *printed = check(ts_node_string(ts_tree_root_node(tree)));
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    return printed;
}

static size_t begin_line(char *out, size_t end, size_t depth)
{
    out[end++] = '\n';
    memset(out + end, ' ', 2 * depth);
    return end + 2 * depth;
}

/* One node a line, two blanks a level, nothing else: what two trees are compared by. */
static char *laid_out(const char *tree, bool with_fields)
{
    /* Room for a line of its own for every byte. */
    size_t depth = 0, deepest = 0, end = 0, length = strlen(tree);
    for (size_t i = 0; i < length; i++) {
        if (tree[i] == '(' && ++depth > deepest) deepest = depth;
        if (tree[i] == ')' && depth > 0) depth--;
    }
    char *out = check(malloc((length + 1) * (2 * deepest + 3)));
    depth = 0;
    for (const char *p = tree; *p != '\0';) {
        size_t word = strcspn(p, "() \t\r\n");
        bool field = word > 0 && p[word - 1] == ':';
        char last = end > 0 ? out[end - 1] : '\0';
        if (word > 0 && (!field || with_fields)) {
            if (field)
                end = begin_line(out, end, depth);
            else if (last != '(')
                out[end++] = ' ';
            memcpy(out + end, p, word);
            end += word;
        } else if (*p == '(') {
            if (last == ':')
                out[end++] = ' ';
            else if (end > 0)
                end = begin_line(out, end, depth);
            out[end++] = '(';
            depth++;
        } else if (*p == ')') {
            out[end++] = ')';
            if (depth > 0) depth--;
        }
        p += word > 0 ? word : 1;
    }
    out[end] = '\0';
    return out;
}

/* Shows two trees from the first line on which they differ. */
static void show_difference(const char *expected, const char *found)
{
    size_t same = 0;
    for (size_t i = 0; expected[i] != '\0' && expected[i] == found[i]; i++) {
        if (expected[i] == '\n') same = i + 1;
    }
    printf("expected:\n%.400s\nfound:\n%.400s\n", expected + same, found + same);
}

static void run_test(const char *path, const char *name, size_t name_length, const char *text,
                     size_t length, const char *expected)
{
    char *printed = tree_of(text, length);
    bool with_fields = strstr(expected, ": ") != NULL;
    char *want = laid_out(expected, with_fields);
    char *got = laid_out(printed, with_fields);
    if (strcmp(want, got) == 0) {
        passed++;
    } else {
        failed++;
        printf("FAIL: %s: %.*s\n", path, (int)name_length, name);
        show_difference(want, got);
    }
    free(want);
    free(got);
    free(printed);
}

/* The next line that begins at or after `p` and is three or more of `mark`; NULL if there is none.
 */
static char *find_rule(char *p, char mark)
{
    while (*p != '\0') {
        size_t length = strcspn(p, "\n");
        size_t marks = 0;
        while (p[marks] == mark)
            marks++;
        size_t rest = marks;
        while (rest < length && isspace((unsigned char)p[rest]))
            rest++;
        if (marks >= 3 && rest == length) return p;
        p += length + (p[length] == '\n');
    }
    return NULL;
}

static char *after_line(char *p)
{
    p += strcspn(p, "\n");
    return *p == '\n' ? p + 1 : p;
}

static void run_file(const char *path)
{
    size_t length;
    char *text = read_file(path, &length);
    unsigned before = passed + failed;
    for (char *header = find_rule(text, '='); header != NULL;) {
        char *name = after_line(header);
        char *body = find_rule(name, '=');
        if (body == NULL) break;
        char *name_end = body;
        body = after_line(body);
        header = find_rule(body, '=');
        char saved = '\0';
        if (header != NULL) {
            saved = *header;
            *header = '\0';
        }
        char *divider = find_rule(body, '-');
        for (char *next; divider != NULL && (next = find_rule(after_line(divider), '-')) != NULL;)
            divider = next;
        if (divider == NULL) {
            printf("FAIL: %s: no line of '-' after '%.*s'\n", path, (int)strcspn(name, "\n"), name);
            failed++;
        } else {
            char *tree = after_line(divider);
            size_t body_length = divider > body ? (size_t)(divider - body) - 1 : 0;
            *divider = '\0';
            run_test(path, name, (size_t)(name_end - name) - 1, body, body_length, tree);
        }
        if (header != NULL) *header = saved;
    }
    if (passed + failed == before) {
        printf("FAIL: %s: no test in it\n", path);
        failed++;
    }
    free(text);
}

static void print_tree(const char *path)
{
    size_t length;
    char *text = read_file(path, &length);
    char *printed = tree_of(text, length);
    char *lines = laid_out(printed, true);
    puts(lines);
    free(lines);
    free(printed);
    free(text);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--tree") == 0) {
        print_tree(argv[2]);
        return 0;
    }
    if (argc < 2) {
        fputs("usage: corpus FILE... | corpus --tree FILE\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0;
}
