using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>What a program sees of the call: the environment, standard error, the end.</summary>
internal static class Surroundings
{
    public static JsonObject Environment(JqRun run)
    {
        if (run.Environment is { } known) return known;
        JsonObject made = JsonObject.Empty;
        foreach (var (name, value) in run.Context.Environment) made = made.With(Text.Latin.ToUnicode(name), JsonValue.Of(Text.Latin.ToUnicode(value)));
        return run.Environment = made;
    }

    public static JsonValue? Halt(JqRun run, int status, JsonValue? message)
    {
        run.Pending = new Ending.Halt(status, message);
        return null;
    }

    public static JsonValue Debug(JqRun run, JsonValue input, JsonValue message)
    {
        run.Context.Output.Flush();
        run.Context.Error.Write(Encoding.UTF8.GetBytes(JsonWriter.ToText(JsonArray.Own([JsonValue.Of("DEBUG:"), message]))));
        run.Context.Error.WriteByte((byte)'\n');
        run.Context.Error.Flush();
        return input;
    }

    /// <summary>Strings raw, as of 1.7.</summary>
    public static JsonValue ToError(JqRun run, JsonValue input)
    {
        run.Context.Output.Flush();
        run.Context.Error.Write(Encoding.UTF8.GetBytes(Formats.Text(input).Value));
        run.Context.Error.Flush();
        return input;
    }
}
