struct pair { int a, b; };
/* Awaits in headers are told with the header's name. */
static async int twice(struct pair *p)
{
    await acc_sleep(0);
    return p->a;
}
