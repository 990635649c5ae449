using System.Runtime.InteropServices;

namespace Offstage.Kill.Tests.World;

internal static partial class Posix
{
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);
}
