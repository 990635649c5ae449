using System.Runtime.InteropServices;

namespace Offstage.Shells;

/// <summary>What a name of this machine stands for. .NET does not tell a pipe or a device from a file, and opening one may wait forever.</summary>
internal enum EntryType
{
    /// <summary>There is nothing of that name.</summary>
    None,
    Regular,
    Directory,
    SymbolicLink,

    /// <summary>A pipe, a socket or a device.</summary>
    Special,
}

internal static partial class EntryTypes
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint TypeOnly = 1;
    private const int StructureSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int NoEntry = 2;
    private const int NotDirectory = 20;

    extension(EntryType)
    {
        /// <summary>A link is not followed.</summary>
        /// <exception cref="IOException">It cannot be told, for instance because a folder above may not be searched.</exception>
        public static EntryType Of(string path)
        {
            byte[] status = new byte[StructureSize];
            if (Statx(CurrentDirectory, path, NoFollow, TypeOnly, status) != 0)
                return Marshal.GetLastPInvokeError() is NoEntry or NotDirectory ? EntryType.None : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            return (BitConverter.ToUInt16(status, ModeOffset) & TypeMask) switch
            {
                0x8000 => EntryType.Regular,
                0x4000 => EntryType.Directory,
                0xA000 => EntryType.SymbolicLink,
                _ => EntryType.Special,
            };
        }
    }

    // Its structure is the same on every architecture, other than stat's.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, [Out] byte[] status);
}
