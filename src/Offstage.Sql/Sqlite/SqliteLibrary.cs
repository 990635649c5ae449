using System.Runtime.InteropServices;
using SQLitePCL;

namespace Offstage.Sql.Sqlite;

/// <summary>Chooses the native SQLite: the system's where it is newer than the one that is shipped.</summary>
public static class SqliteLibrary
{
    /// <summary>The version that comes with the package.</summary>
    private const int ShippedVersion = 3_035_005;

    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Must run before the first connection. Safe to call again.</summary>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (FindNewerSystemLibrary() is { } system)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly,
                (name, _, _) => name == "e_sqlite3" ? system : 0);
        }

        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint? FindNewerSystemLibrary()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(SystemName, out nint library))
            return null;
        // A build without threads would corrupt memory under several connections.
        bool usable = Call(library, "sqlite3_libversion_number") > ShippedVersion && Call(library, "sqlite3_threadsafe") != 0;
        if (usable)
            return library;
        NativeLibrary.Free(library);
        return null;
    }

    private static int Call(nint library, string function)
        => NativeLibrary.TryGetExport(library, function, out nint address)
            ? Marshal.GetDelegateForFunctionPointer<IntFunction>(address)()
            : 0;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int IntFunction();
}
