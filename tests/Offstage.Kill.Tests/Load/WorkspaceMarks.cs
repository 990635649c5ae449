using System.Text.Json;
using Offstage.Kill.Tests.World;

namespace Offstage.Kill.Tests.Load;

/// <summary>The marks that turns have left in a session's workspace, read from the host's side.</summary>
internal static class WorkspaceMarks
{
    public static async Task<IReadOnlyList<string>> ReadAsync(Api api, string session, CancellationToken cancellationToken)
    {
        var view = await api.GetAsync($"/v1/sessions/{session}", cancellationToken);
        if (!view.IsSuccess || !view.Body.TryGetProperty("workspacePath", out var path) || path.ValueKind != JsonValueKind.String)
            return [];
        string file = Path.Combine(path.GetString()!, PromptScripts.MarksFile);
        try
        {
            return await File.ReadAllLinesAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
