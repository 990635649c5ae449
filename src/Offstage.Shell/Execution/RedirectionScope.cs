namespace Offstage.Shell.Execution;

/// <summary>Redirections in force; disposing it puts back what was there.</summary>
internal sealed class RedirectionScope(ShellProcess? process) : IDisposable
{
    public static readonly RedirectionScope Empty = new(null);

    private readonly List<(int Descriptor, FileDescription? Before)> saved = [];

    /// <summary>Remembers what a descriptor is before it is changed.</summary>
    public void Save(int descriptor) => saved.Add((descriptor, process!.Descriptors.Find(descriptor)?.Share()));

    /// <summary>Lets the changes stay, as <c>exec</c> does.</summary>
    public void Keep()
    {
        foreach ((_, FileDescription? before) in saved)
            before?.Release();
        saved.Clear();
    }

    public void Dispose()
    {
        for (int i = saved.Count - 1; i >= 0; i--)
        {
            (int descriptor, FileDescription? before) = saved[i];
            if (before is not null)
                _ = process!.Descriptors.Set(descriptor, before);
            else
                _ = process!.Descriptors.Close(descriptor);
        }

        saved.Clear();
    }
}
