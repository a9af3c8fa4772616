/* what places.c's tests include */
#define BAD bad
#define WRAP(statement) do { statement; } while (0)
#define TWICE(x) ((x) + bad(x))
