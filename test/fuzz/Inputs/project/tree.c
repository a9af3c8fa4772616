#include "tree.h"
#include <stdlib.h>
int insert(struct tree **root, int key)
{
    if (!*root) {
        *root = calloc(1, sizeof **root);
        (*root)->key = key;
        return 1;
    }
    return insert(key < (*root)->key ? &(*root)->left : &(*root)->right, key) + 1;
}
int sum(const struct tree *t)
{
    if (!t) return 0;
    int left = sum(t->left), right = sum(t->right);
    return left + right * 2 + t->key;
}
