using System.Text;

namespace Offstage.Bench.Shells;

/// <summary>The files that shells are measured on, the same at each run: made once in a folder of this machine.</summary>
internal static class ShellMaterial
{
    private static readonly string[] Words =
        ["alpha", "beta", "gamma", "return", "const", "value", "index", "result", "error", "stream", "buffer", "cache", "token", "parser", "shell", "tree"];

    public static void Write(string folder)
    {
        var random = new Random(7);
        Sources(folder, random);
        Text(Path.Combine(folder, "text.txt"), random, 16 << 20);
        Numbers(Path.Combine(folder, "numbers.txt"), random);
        Document(Path.Combine(folder, "doc.json"), random);
        for (int i = 0; i < 100_000; i++)
        {
            string directory = Path.Combine(folder, "many", $"d{i % 500}");
            if (i < 500)
                Directory.CreateDirectory(directory);
            File.WriteAllBytes(Path.Combine(directory, $"f{i}.txt"), []);
        }
    }

    /// <summary>1,000 files, 12 MB.</summary>
    private static void Sources(string folder, Random random)
    {
        for (int i = 0; i < 1000; i++)
        {
            string path = Path.Combine(folder, "src", $"m{i % 40}", $"file{i}.cs");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Text(path, random, 12_000, i % 100 == 0 ? "needle_in_the_hay" : null);
        }
    }

    private static void Text(string path, Random random, int bytes, string? once = null)
    {
        var text = new StringBuilder(bytes + 200);
        while (text.Length < bytes)
        {
            for (int word = random.Next(4, 14); word > 0; word--)
                text.Append(Words[random.Next(Words.Length)]).Append(random.Next(6) == 0 ? $"_{random.Next(10_000)}" : "").Append(word > 1 ? " " : "");
            text.Append('\n');
        }

        text.Append(once).Append('\n');
        File.WriteAllText(path, text.ToString());
    }

    private static void Numbers(string path, Random random)
    {
        using var file = new StreamWriter(path);
        for (int i = 0; i < 1_000_000; i++)
            file.Write($"k{random.Next(1000)} {random.Next(100_000)} {random.NextDouble():0.000}\n");
    }

    private static void Document(string path, Random random)
    {
        using var file = new StreamWriter(path);
        file.Write("[");
        for (int i = 0; file.BaseStream.Position < 20_000_000; i++)
        {
            file.Write($$"""{{(i > 0 ? "," : "")}}{"id":{{i}},"name":"{{Words[random.Next(Words.Length)]}} {{random.Next(1000)}}","tags":["a","b{{random.Next(50)}}"],"price":{{random.Next(10_000) / 100.0:0.00}},"nested":{"on":{{(random.Next(2) == 0 ? "true" : "false")}},"note":null} }""");
            if (i % 1000 == 0)
                file.Flush();
        }

        file.Write("]");
    }
}
