#include <acc/acc.h>

future(int) first(void);

int main(void)
{
    return acc_run(first());
}
