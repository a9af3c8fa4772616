struct tree { struct tree *left, *right; int key; };
int insert(struct tree **root, int key);
int sum(const struct tree *t);
