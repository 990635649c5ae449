using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Offstage.Kill.Tests.World;

/// <summary>
/// A git server on loopback that takes connections and says nothing until it is released: whoever clones from it stands still
/// at a known place.
/// </summary>
internal sealed class HangingGitServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly string folder;
    private readonly TaskCompletionSource<bool> released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ending = new();
    private readonly List<Task> conversations = [];
    private readonly Task accepting;

    /// <param name="repository">What is served, once it is served.</param>
    public HangingGitServer(string repository)
    {
        folder = Path.GetDirectoryName(repository)!;
        listener.Start();
        Url = $"git://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{Path.GetFileName(repository)}";
        accepting = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>Completes when a clone has begun.</summary>
    public Task Asked => asked.Task;

    /// <summary>Answers from now on, also those that wait.</summary>
    public void Release() => released.TrySetResult(true);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        released.TrySetResult(false);
        listener.Stop();
        await accepting;
        await Task.WhenAll(conversations);
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ending.Token);
                asked.TrySetResult();
                conversations.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            if (!await released.Task)
                return;
            using var git = Process.Start(new ProcessStartInfo("git", ["daemon", "--inetd", "--export-all", $"--base-path={folder}", folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            try
            {
                var stream = client.GetStream();
                var up = stream.CopyToAsync(git.StandardInput.BaseStream, ending.Token);
                await git.StandardOutput.BaseStream.CopyToAsync(stream, ending.Token);
                client.Close();
                await up;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The one who cloned went away, or is done.
            }

            git.StandardInput.Close();
            await git.WaitForExitAsync();
        }
    }
}
