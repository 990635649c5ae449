using System.Runtime.InteropServices;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary>The calls of SQLite's C interface that the command needs. The system's library, or the one that is shipped.</summary>
internal static partial class SqliteNative
{
    private const string Library = "offstage-shell-sqlite";
    private const string SystemName = "libsqlite3.so.0";
    private const string ShippedName = "e_sqlite3";

    public const int Ok = 0;
    public const int Row = 100;
    public const int Done = 101;

    private static readonly Lazy<bool> usable = new(Load);

    /// <summary>Whether there is a library that can read a database from memory and give it back.</summary>
    public static bool IsUsable => usable.Value;

    private static bool Load()
    {
        foreach (string name in (string[])[SystemName, ShippedName])
        {
            if (!NativeLibrary.TryLoad(name, typeof(SqliteNative).Assembly, null, out nint library)) continue;
            if (NativeLibrary.TryGetExport(library, "sqlite3_deserialize", out _) && NativeLibrary.TryGetExport(library, "sqlite3_threadsafe", out nint address)
                && Marshal.GetDelegateForFunctionPointer<IntFunction>(address)() != 0)
            {
                NativeLibrary.SetDllImportResolver(typeof(SqliteNative).Assembly, (wanted, _, _) => wanted == Library ? library : 0);
                return true;
            }

            NativeLibrary.Free(library);
        }

        return false;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int IntFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Authorizer(nint user, int action, nint first, nint second, nint database, nint trigger);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Progress(nint user);

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2")]
    public static partial int Open(byte[] name, out nint database, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_deserialize")]
    public static partial int Deserialize(nint database, byte[] schema, nint data, long size, long room, uint flags);

    [LibraryImport(Library, EntryPoint = "sqlite3_serialize")]
    public static partial nint Serialize(nint database, byte[] schema, out long size, uint flags);

    [LibraryImport(Library, EntryPoint = "sqlite3_malloc64")]
    public static partial nint Malloc(ulong size);

    [LibraryImport(Library, EntryPoint = "sqlite3_free")]
    public static partial void Free(nint memory);

    [LibraryImport(Library, EntryPoint = "sqlite3_memory_used")]
    public static partial long MemoryUsed();

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    public static partial int Prepare(nint database, nint sql, int length, out nint statement, out nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int index, byte[] text, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_double")]
    public static partial int BindDouble(nint statement, int index, double value);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_count")]
    public static partial int ColumnCount(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    public static partial nint ColumnText(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial nint ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    public static partial double ColumnDouble(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_name")]
    public static partial nint ColumnName(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial nint ErrorMessage(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_errstr")]
    public static partial nint ErrorText(int code);

    [LibraryImport(Library, EntryPoint = "sqlite3_error_offset")]
    public static partial int ErrorOffset(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_complete")]
    public static partial int Complete(byte[] sql);

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "sqlite3_set_authorizer")]
    public static partial int SetAuthorizer(nint database, Authorizer authorizer, nint user);

    [LibraryImport(Library, EntryPoint = "sqlite3_progress_handler")]
    public static partial void SetProgress(nint database, int operations, Progress progress, nint user);

    [LibraryImport(Library, EntryPoint = "sqlite3_limit")]
    public static partial int Limit(nint database, int category, int value);

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control")]
    public static partial int FileControl(nint database, byte[] schema, int operation, ref long argument);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_total_changes")]
    public static partial int TotalChanges(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int IsAutocommit(nint database);
}
