using Offstage.Bench;

return args switch
{
    ["sql"] => await SqlBench.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Offstage.Bench sql");
    return 2;
}
