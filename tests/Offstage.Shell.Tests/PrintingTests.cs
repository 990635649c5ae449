using Offstage.Shell.Syntax;
using Offstage.Shell.Tests.Differential;

namespace Offstage.Shell.Tests;

/// <summary>What is parsed prints back to the same commands.</summary>
public sealed class PrintingTests
{
    [Fact]
    public void Every_script_of_the_corpus_prints_and_parses_back_to_the_same()
    {
        int checkedScripts = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", "language"), "*.txt"))
        {
            foreach (CorpusCase test in CorpusCase.Read("language", file))
            {
                CommandList list;
                try
                {
                    list = Parser.ParseAll(test.Script, new ParserOptions(ExtendedGlob: true), 1);
                }
                catch (SyntaxErrorException)
                {
                    continue;
                }

                string printed = ScriptPrinter.Print(list);
                CommandList again;
                try
                {
                    again = Parser.ParseAll(printed, new ParserOptions(ExtendedGlob: true), 1);
                }
                catch (SyntaxErrorException e)
                {
                    Assert.Fail($"{test.Name}: {e.Message}\n{test.Script}\nprinted:\n{printed}");
                    return;
                }

                Assert.Equal(printed, ScriptPrinter.Print(again));
                checkedScripts++;
            }
        }

        Assert.True(checkedScripts > 800, $"only {checkedScripts} scripts were printed");
    }
}
