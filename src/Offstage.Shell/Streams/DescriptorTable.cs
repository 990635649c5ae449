namespace Offstage.Shell.Streams;

/// <summary>The descriptors of one process. Not for several threads at once.</summary>
internal sealed class DescriptorTable(int openFilesMax)
{
    /// <summary>Descriptors that scripts name by a variable, and the shell's own saved ones, begin here.</summary>
    public const int FirstFree = 10;

    private FileDescription?[] open = new FileDescription?[4];

    public int Max => openFilesMax;

    public FileDescription? Find(int descriptor) => (uint)descriptor < (uint)open.Length ? open[descriptor] : null;

    /// <summary>Every descriptor that is open, lowest first.</summary>
    public IEnumerable<int> Open => Enumerable.Range(0, open.Length).Where(d => open[d] is not null);

    /// <summary>Makes a descriptor refer to a description, taking over the caller's reference; what stood there is released.</summary>
    public FileError Set(int descriptor, FileDescription description)
    {
        if (descriptor < 0 || descriptor >= openFilesMax)
        {
            description.Release();
            return FileError.BadDescriptor;
        }

        if (descriptor >= open.Length)
            Array.Resize(ref open, Math.Max(descriptor + 1, open.Length * 2));
        FileDescription? before = open[descriptor];
        open[descriptor] = description;
        before?.Release();
        return FileError.None;
    }

    public FileError Close(int descriptor)
    {
        if (Find(descriptor) is not { } before)
            return FileError.BadDescriptor;
        open[descriptor] = null;
        before.Release();
        return FileError.None;
    }

    /// <summary>The lowest free descriptor from <paramref name="from"/> on; null when the process may open no more.</summary>
    public int? FindFree(int from = FirstFree)
    {
        int descriptor = from;
        while (Find(descriptor) is not null)
            descriptor++;
        return descriptor < openFilesMax ? descriptor : null;
    }

    /// <summary>Of a new process: the same descriptions.</summary>
    public DescriptorTable Fork()
    {
        var fork = new DescriptorTable(openFilesMax) { open = (FileDescription?[])open.Clone() };
        foreach (FileDescription? description in fork.open)
            description?.Share();
        return fork;
    }

    public void CloseAll()
    {
        for (int descriptor = 0; descriptor < open.Length; descriptor++)
            _ = Close(descriptor);
    }
}
