using System.Text;
using Offstage.Agents.BuiltIn.Conversations;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>Entries hold lists, which are equal only to themselves: they are compared as they are written.</summary>
internal static class EntryAssert
{
    public static void Same(IReadOnlyList<Entry> expected, IReadOnlyList<Entry> actual) => Assert.Equal(Text(expected), Text(actual));

    /// <summary>Every endpoint takes them.</summary>
    public static void IsValid(IReadOnlyList<Entry> entries) => Same(ConversationRepair.Repair(entries), entries);

    private static string Text(IReadOnlyList<Entry> entries) => Encoding.UTF8.GetString(ConversationLines.Write(entries));
}
