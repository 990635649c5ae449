using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary>
/// A database that lives in memory: read from a file of the tree when it is opened, written back when it has changed. SQLite itself opens no
/// file: other databases cannot be attached unless they are in memory too, extensions cannot be loaded, and temporary tables stay in memory.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int OpenFlags = 0x2 | 0x4 | 0x80 | 0x8000;
    private const int FreeOnClose = 1;
    private const int Resizable = 2;
    private const int WithoutCopy = 1;
    private const int SizeLimit = 36;
    private const int LengthLimit = 0;
    private const int AttachAction = 24;
    private const int PragmaAction = 19;
    private const int FunctionAction = 31;
    private const int Denied = 1;
    private const int ProgressEvery = 1000;

    /// <summary>A text or blob.</summary>
    private const int ValueBytesMax = 64 << 20;
    private static readonly byte[] main = "main\0"u8.ToArray();
    private static readonly HashSet<string> refusedPragmas = ["temp_store", "temp_store_directory", "data_store_directory", "journal_mode", "locking_mode", "mmap_size"];

    private readonly CommandContext context;
    private readonly string? path;
    private readonly nint handle;
    private readonly SqliteNative.Authorizer authorizer;
    private readonly SqliteNative.Progress progress;
    private readonly long memoryBefore;
    private byte[] original = [];
    private long held;
    private bool existed;
    private ExceptionDispatchInfo? interrupted;

    /// <param name="name">As given; empty or <c>:memory:</c> for one that is kept nowhere.</param>
    /// <exception cref="CommandFailedException">It cannot be opened.</exception>
    public SqliteDatabase(CommandContext context, string name, bool readOnly)
    {
        this.context = context;
        Name = name;
        IsReadOnly = readOnly;
        path = name is "" or ":memory:" ? null : context.Resolve(name);
        memoryBefore = SqliteNative.MemoryUsed();
        if (SqliteNative.Open(":memory:\0"u8.ToArray(), out handle, OpenFlags, 0) != SqliteNative.Ok) throw new CommandFailedException("cannot open a database in memory");
        authorizer = Authorize;
        progress = OnProgress;
        try
        {
            Load();
        }
        catch
        {
            _ = SqliteNative.Close(handle);
            throw;
        }

        _ = SqliteNative.SetAuthorizer(handle, authorizer, 0);
        SqliteNative.SetProgress(handle, ProgressEvery, progress, 0);
        _ = SqliteNative.Limit(handle, LengthLimit, ValueBytesMax);
    }

    public nint Handle => handle;

    public string Name { get; }

    public bool IsReadOnly { get; }

    public string Error => Latin1(SqliteNative.ErrorMessage(handle));

    public static string Latin1(nint text)
    {
        if (text == 0) return "";
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0) length++;
        return Latin1(text, length);
    }

    public static string Latin1(nint text, int length)
    {
        if (length == 0) return "";
        byte[] bytes = new byte[length];
        Marshal.Copy(text, bytes, 0, length);
        return Latin.Text(bytes);
    }

    /// <summary>Call after a step: throws what interrupted it.</summary>
    public void ThrowInterruption()
    {
        ExceptionDispatchInfo? thrown = interrupted;
        interrupted = null;
        thrown?.Throw();
    }

    /// <summary>Writes the database to its file, if it has changed.</summary>
    /// <returns>False when it could not be written; the message is written then.</returns>
    public bool Save()
    {
        if (path is null || IsReadOnly) return true;
        nint bytes = SqliteNative.Serialize(handle, main, out long size, WithoutCopy);
        bool isCopy = bytes == 0 && size > 0;
        if (isCopy) bytes = SqliteNative.Serialize(handle, main, out size, 0);
        try
        {
            byte[] now = new byte[size];
            if (size > 0) Marshal.Copy(bytes, now, 0, now.Length);
            if (existed && now.AsSpan().SequenceEqual(original)) return true;
            FileError error = Write(now);
            if (error != FileError.None)
            {
                context.Complain($"Error: unable to write \"{Name}\": {error.Message()}");
                return false;
            }

            existed = true;
            original = now;
            return true;
        }
        finally
        {
            if (isCopy) SqliteNative.Free(bytes);
        }
    }

    public void Dispose()
    {
        _ = SqliteNative.Close(handle);
        context.Budget.Release(held);
        GC.KeepAlive(authorizer);
        GC.KeepAlive(progress);
    }

    private void Load()
    {
        long limit = Math.Min(context.Budget.Limits.FileBytesMax, context.Budget.Limits.HeldBytesMax / 2);
        if (path is not null)
        {
            FileError error = context.Files.Stat(path, followLinks: true, out FileStatus status);
            if (error is not (FileError.None or FileError.NotFound) || (error == FileError.None && !status.IsRegular))
                throw new CommandFailedException($"Error: unable to open database \"{Name}\": unable to open database file");
            if (error == FileError.NotFound && (IsReadOnly || !ParentExists()))
                throw new CommandFailedException($"Error: unable to open database \"{Name}\": unable to open database file");
            existed = error == FileError.None;
            if (existed)
            {
                using var file = InputFile.TryOpen(context, Name, out error);
                if (file is null) throw new CommandFailedException($"Error: unable to open database \"{Name}\": {error.Message()}");
                original = file.ReadToEnd();
                held = original.LongLength * 2;
                context.Budget.Hold(held);
            }
        }

        if (original.Length > 0)
        {
            nint memory = SqliteNative.Malloc((ulong)original.Length);
            Marshal.Copy(original, 0, memory, original.Length);
            // A database with a write-ahead log needs a second file, which memory has not: read it as one without.
            if (original.Length > 19 && original[18] == 2)
            {
                Marshal.WriteByte(memory, 18, 1);
                Marshal.WriteByte(memory, 19, 1);
            }

            if (SqliteNative.Deserialize(handle, main, memory, original.Length, original.Length, FreeOnClose | Resizable) != SqliteNative.Ok)
                throw new CommandFailedException($"Error: unable to open database \"{Name}\": {Error}");
            _ = SqliteNative.FileControl(handle, main, SizeLimit, ref limit);
        }
    }

    private bool ParentExists() => context.Files.Stat(context.Resolve(PathText.Directory(path!)), followLinks: true, out FileStatus parent) == FileError.None && parent.IsDirectory;

    private FileError Write(byte[] bytes)
    {
        FileError error = context.Open(Name, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out FileDescription? file);
        if (file is null) return error;
        error = bytes.Length == 0 ? FileError.None : file.Write(bytes, context.Interruption);
        file.Release();
        return error;
    }

    private int Authorize(nint user, int action, nint first, nint second, nint database, nint trigger)
    {
        switch (action)
        {
            case AttachAction:
                return Latin1(first) is "" or ":memory:" ? SqliteNative.Ok : Denied;
            case PragmaAction:
                // To be asked for is fine; VACUUM and the like need nothing of it.
                return second != 0 && refusedPragmas.Contains(Latin1(first).ToLowerInvariant()) ? Denied : SqliteNative.Ok;
            case FunctionAction:
                return Latin1(second) is "load_extension" or "readfile" or "writefile" or "edit" or "fts3_tokenizer" ? Denied : SqliteNative.Ok;
            default:
                return SqliteNative.Ok;
        }
    }

    private int OnProgress(nint user)
    {
        try
        {
            context.Check();
            if (SqliteNative.MemoryUsed() - memoryBefore > context.Budget.Limits.HeldBytesMax) context.Budget.End(new ShellStop.TooMuchMemory(context.Budget.Limits.HeldBytesMax));
            return 0;
        }
        catch (Exception stop)
        {
            // It must not pass through SQLite's frames: kept until they are left.
            interrupted = ExceptionDispatchInfo.Capture(stop);
            return 1;
        }
    }
}
