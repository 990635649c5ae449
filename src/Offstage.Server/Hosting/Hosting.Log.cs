using Microsoft.Extensions.Logging;

namespace Offstage.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 1001, EventName = "server.store_awaited", Level = LogLevel.Warning,
        Message = "The store cannot be reached yet: {Reason}")]
    public static partial void StoreAwaited(this ILogger logger, string reason);

    [LoggerMessage(EventId = 1002, EventName = "server.host_renewed", Level = LogLevel.Warning,
        Message = "The database is empty and the home holds sandboxes of {OldHost}: they are left alone, and this is host {NewHost} from now on")]
    public static partial void HostRenewed(this ILogger logger, string oldHost, string newHost);

    [LoggerMessage(EventId = 1004, EventName = "server.processes_ended", Level = LogLevel.Warning,
        Message = "{Count} processes of this home's last server were still there and were ended")]
    public static partial void ProcessesEnded(this ILogger logger, int count);

    [LoggerMessage(EventId = 1003, EventName = "server.request_failed", Level = LogLevel.Error,
        Message = "{Method} {Path} failed in a way that is a bug")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception exception);
}
