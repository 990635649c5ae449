using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class TsortCommand : ICommand
{
    private static readonly OptionTable table = new("tsort [OPTION] [FILE]", "Write totally ordered list consistent with the partial ordering in FILE.");

    public string Name => "tsort";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 1) return Usage.ExtraOperand(context, options.Operands[1]);
        string name = options.Operands.Count == 1 ? options.Operands[0] : "-";
        using var file = InputFile.Open(context, name);
        if (file is null) return 1;
        string[] words = Latin.Text(file.ReadToEnd()).Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length % 2 != 0) throw new CommandFailedException($"{name}: input contains an odd number of tokens");
        var after = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var before = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < words.Length; i += 2)
        {
            after.TryAdd(words[i], []);
            after.TryAdd(words[i + 1], []);
            before.TryAdd(words[i], 0);
            before.TryAdd(words[i + 1], 0);
            if (words[i] == words[i + 1]) continue;
            after[words[i]].Insert(0, words[i + 1]);
            before[words[i + 1]]++;
        }

        var ready = new Queue<string>(before.Where(b => b.Value == 0).Select(b => b.Key).Order(StringComparer.Ordinal));
        int left = before.Count, status = 0;
        while (left > 0)
        {
            context.Check();
            if (ready.Count == 0)
            {
                // A loop is told, and broken at one of its members.
                context.Complain($"{name}: input contains a loop:");
                string member = before.First(b => b.Value > 0).Key;
                context.Complain(member);
                before[member] = 0;
                ready.Enqueue(member);
                status = 1;
            }

            string next = ready.Dequeue();
            if (before[next] < 0) continue;
            before[next] = -1;
            left--;
            context.Output.WriteLine(next);
            foreach (string follower in after[next])
            {
                if (before[follower] > 0 && --before[follower] == 0) ready.Enqueue(follower);
            }
        }

        return status;
    }
}
