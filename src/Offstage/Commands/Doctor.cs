using System.CommandLine;
using System.Text.Json;
using Offstage.Doctoring;
using Offstage.Terminal;

namespace Offstage.Commands;

/// <summary><c>offstage doctor</c>: what works here, and what to do about the rest. Changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Make()
    {
        var command = new Command("doctor", "Say what works here, and what to do about the rest. Exit code 0 when an agent and the sandbox are usable.").With("""
            offstage doctor
            offstage doctor --json
            """);
        command.Run(async (_, environment, interrupts) =>
        {
            var report = await Examination.RunAsync(environment, interrupts.First);
            if (environment.Json)
                environment.Screen.WriteLine(JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport));
            else
                Write(environment.Screen, report);
            return report.Usable ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static void Write(Screen screen, DoctorReport report)
    {
        int width = report.Checks.Max(c => c.Name.Length);
        foreach (var check in report.Checks)
        {
            string mark = check.Status switch
            {
                CheckStatus.Ok => screen.Green("ok  "),
                CheckStatus.Warn => screen.Yellow("warn"),
                _ => screen.Red("fail"),
            };
            screen.WriteLine($"{mark}  {check.Name.PadRight(width)}  {CleanText.OneLine(check.Detail, 1000)}");
            if (check.ToDo is { } todo)
                screen.WriteLine($"      {new string(' ', width)}  {screen.Bold("→")} {CleanText.OneLine(todo, 1000)}");
        }

        screen.WriteLine();
        screen.WriteLine(report.Usable ? screen.Green("Offstage can work here.") : screen.Red("Offstage cannot do real work here yet: an agent and the sandbox must be usable."));
    }
}
