namespace Offstage.Shell.Commands.Find;

internal sealed class FindCommand : ICommand
{
    public string Name => "find";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments;
        if (arguments is ["--help" or "-help"])
        {
            context.Output.Write("Usage: find [-H] [-L] [-P] [path...] [expression]\nSearch for files in a directory hierarchy.\n");
            return 0;
        }

        int at = 0;
        var follow = FollowLinksIn.Nothing;
        for (; at < arguments.Count && arguments[at] is "-H" or "-L" or "-P" or "-D" || (at < arguments.Count && arguments[at].StartsWith("-O", StringComparison.Ordinal)); at++)
        {
            follow = arguments[at] switch { "-H" => FollowLinksIn.Arguments, "-L" => FollowLinksIn.All, "-P" => FollowLinksIn.Nothing, _ => follow };
        }

        var starts = new List<string>();
        while (at < arguments.Count && !arguments[at].StartsWith('-') && arguments[at] is not ("(" or "!" or ")" or ",")) starts.Add(arguments[at++]);
        if (starts.Count == 0) starts.Add(".");
        var parser = new FindParser(context, arguments, at);
        var expression = parser.Parse();
        if (!parser.HasAction) expression = new FindNode.And(expression, new FindNode.Print("%p\n", null));
        var walk = new FindWalk(context, expression, parser, parser.Follow ? FollowLinksIn.All : follow);
        try
        {
            foreach (string start in starts)
            {
                if (!walk.HasQuit) walk.Start(start);
            }

            walk.Finish();
        }
        finally
        {
            foreach (var (writer, file) in parser.Opened)
            {
                writer.Flush();
                file.Release();
            }
        }

        return walk.Status;
    }
}
