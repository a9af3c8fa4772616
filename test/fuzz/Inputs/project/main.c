#include "tree.h"
#include <stdio.h>
int main(void)
{
    static struct tree nodes[1];
    struct tree *root = nodes;
    for (int i = 0; i < 20; i++) printf("%d ", insert(&root, i * 7 % 20));
    printf("%d\n", sum(root));
    return 0;
}
