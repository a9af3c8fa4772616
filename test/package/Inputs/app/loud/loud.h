/* Gives a warning (unused function) unless its folder is a system folder. */
#ifndef LOUD_H
#define LOUD_H
static int loud(void)
{
    return 1;
}
#endif
