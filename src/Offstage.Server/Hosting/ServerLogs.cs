using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Offstage.Server.Hosting;

/// <summary>
/// What the server says of itself: lines on standard error, and the same in files that are bounded and rotated, so that what
/// happened can be looked up after the terminal is gone.
/// </summary>
internal sealed class ServerLogs : IDisposable
{
    private const int FileBytesMax = 10 * 1024 * 1024;
    private const int FilesMax = 5;

    private readonly bool quiet;
    private readonly Logger file;

    /// <param name="quiet">Standard error gets errors only; the files get all.</param>
    public ServerLogs(string folder, bool quiet)
    {
        this.quiet = quiet;
        file = new LoggerConfiguration()
            .Enrich.With<EventNames>()
            .WriteTo.File(
                Path.Combine(folder, "offstage.log"), outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u4} {EventName} {Message:lj}{NewLine}{Exception}",
                fileSizeLimitBytes: FileBytesMax, rollOnFileSizeLimit: true, retainedFileCountLimit: FilesMax)
            .CreateLogger();
        Factory = LoggerFactory.Create(AddTo);
    }

    public ILoggerFactory Factory { get; }

    /// <remarks>For each factory of a server; all write to the same files.</remarks>
    public void AddTo(ILoggingBuilder logging) => logging
        .ClearProviders()
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter<ConsoleLoggerProvider>(null, quiet ? LogLevel.Error : LogLevel.Information)
        .AddFilter<ConsoleLoggerProvider>("Microsoft", quiet ? LogLevel.Error : LogLevel.Warning)
        .AddProvider(new SerilogLoggerProvider(file))
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        })
        // Standard output belongs to the command that hosts the server.
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    public void Dispose()
    {
        Factory.Dispose();
        file.Dispose();
    }

    /// <summary>The stable name of an event, without its number.</summary>
    private sealed class EventNames : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            string name = logEvent.Properties.GetValueOrDefault("EventId") is StructureValue id
                && id.Properties.FirstOrDefault(p => p.Name == "Name")?.Value is ScalarValue { Value: string found } ? found : "-";
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("EventName", name));
        }
    }
}
