/* func_1( in a comment is not a call */
#include <stdio.h>
struct S { int f; };
static int g[2];
static int func_1(struct S s);
static struct S func_2(int);
static void print(int x) { printf("func_1(%d)\n", x); }

int main(void)
{
  int i;
  for (i = 0; i < 2; i++)
    g[i] = i;
  if (g[0])
    g[1] = func_1(func_2(1));
  else
    return func_2(2).f;
  out: print(func_1(func_2(3)));
  return 0;
}
static int func_1(struct S s)
{
  while (s.f--) {
    do g[0]++; while (0);
  }
  return g[0];
}
static struct S func_2(int x)
{
  struct S s = {x};
  return s;
}
