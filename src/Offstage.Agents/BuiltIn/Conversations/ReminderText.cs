namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>What we tell the model in the person's place, marked so that it does not take it for the person's word.</summary>
internal static class ReminderText
{
    public const string Interrupted = "<system-reminder>The person interrupted the turn here.</system-reminder>";

    public static string Of(Entry.Summary summary)
    {
        string plan = summary.Plan is null ? "" : $"\n\nThe plan as it stands:\n{summary.Plan}";
        return $"<system-reminder>What was said and done before was shortened to this summary:\n\n{summary.Text}{plan}</system-reminder>";
    }
}
