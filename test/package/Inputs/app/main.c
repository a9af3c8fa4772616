int app_run(void);

int main(void)
{
    return app_run();
}
