using System.Runtime.InteropServices;
using System.Text;

namespace Offstage.Processes;

/// <summary>One <c>posix_spawn</c>: our ends of the pipes and the child's id.</summary>
/// <param name="Input">Descriptor to write to; -1 when the child reads <c>/dev/null</c>.</param>
/// <param name="Status">Descriptor to read what the child writes to its descriptor 3; -1 without.</param>
internal readonly record struct Spawned(int Pid, int Input, int Output, int Error, int Status);

/// <summary>
/// Turns a <see cref="ChildSpec"/> into a child. <c>posix_spawn</c> rather than fork: glibc shares the memory with the
/// child until it executes, so the cost does not grow with the server's heap.
/// </summary>
internal static unsafe class Spawner
{
    private const int Ends = 8;

    // Ours are close-on-exec, but what the server itself was started with may not be: a descriptor left open by the shell
    // that started it would reach every agent (P2). glibc has this since 2.34; elsewhere only our own are kept back.
    private static readonly bool closesInherited = NativeLibrary.TryGetExport(
        NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out _)
        || (NativeLibrary.TryLoad("libc.so.6", out nint library)
            && NativeLibrary.TryGetExport(library, "posix_spawn_file_actions_addclosefrom_np", out _));

    /// <exception cref="ProcessStartException">Nothing was started and no descriptor is left open.</exception>
    public static Spawned Spawn(ChildSpec spec)
    {
        Span<int> ends = stackalloc int[Ends];
        ends.Fill(-1);
        try
        {
            if (spec.PipesStandardInput)
                OpenPipe(spec, ends[..2]);
            OpenPipe(spec, ends[2..4]);
            OpenPipe(spec, ends[4..6]);
            if (spec.HasStatusPipe)
                OpenPipe(spec, ends[6..8]);
            int pid = Execute(spec, ends);
            Spawned spawned = new(pid, ends[1], ends[2], ends[4], ends[6]);
            ends[1] = ends[2] = ends[4] = ends[6] = -1;
            return spawned;
        }
        finally
        {
            foreach (int end in ends)
            {
                if (end >= 0)
                    _ = Native.Close(end);
            }
        }
    }

    private static void OpenPipe(ChildSpec spec, Span<int> pair)
    {
        fixed (int* descriptors = pair)
        {
            // Close-on-exec from birth: a child spawned at the same moment must not hold another child's pipe open.
            if (Native.Pipe(descriptors, Native.CloseOnExec) != 0)
                throw Failure(spec, Marshal.GetLastPInvokeError());
        }
    }

    private static int Execute(ChildSpec spec, ReadOnlySpan<int> ends)
    {
        byte* actions = stackalloc byte[Native.OpaqueSize];
        byte* attributes = stackalloc byte[Native.OpaqueSize];
        byte* signals = stackalloc byte[Native.OpaqueSize];
        using var strings = new StringBlock(spec);
        Check(spec, Native.ActionsInit(actions));
        Check(spec, Native.AttributesInit(attributes));
        try
        {
            if (spec.PipesStandardInput)
                Check(spec, Native.ActionsAddDuplicate(actions, ends[0], 0));
            else
                Check(spec, Native.ActionsAddOpen(actions, 0, strings.NullDevice, Native.OpenReadOnly, 0));
            Check(spec, Native.ActionsAddDuplicate(actions, ends[3], 1));
            Check(spec, Native.ActionsAddDuplicate(actions, ends[5], 2));
            if (spec.HasStatusPipe)
                Check(spec, Native.ActionsAddDuplicate(actions, ends[7], 3));
            if (closesInherited)
                Check(spec, Native.ActionsAddCloseFrom(actions, spec.HasStatusPipe ? 4 : 3));
            Check(spec, Native.ActionsAddChangeDirectory(actions, strings.WorkingDirectory));

            // .NET ignores SIGPIPE, and an ignored signal survives exec: `yes | head` would never end in the child.
            _ = Native.SignalSetFill(signals);
            Check(spec, Native.AttributesSetSignalDefaults(attributes, signals));
            _ = Native.SignalSetEmpty(signals);
            Check(spec, Native.AttributesSetSignalMask(attributes, signals));
            short flags = (short)(Native.SpawnSetSignalDefaults | Native.SpawnSetSignalMask
                | (spec.NewSession ? Native.SpawnSetSession : Native.SpawnSetProcessGroup));
            Check(spec, Native.AttributesSetFlags(attributes, flags));

            int pid;
            Check(spec, Native.Spawn(&pid, strings.Program, actions, attributes, strings.Arguments, strings.Environment));
            return pid;
        }
        finally
        {
            _ = Native.AttributesDestroy(attributes);
            _ = Native.ActionsDestroy(actions);
        }
    }

    private static void Check(ChildSpec spec, int errno)
    {
        if (errno != 0)
            throw Failure(spec, errno);
    }

    private static ProcessStartException Failure(ChildSpec spec, int errno)
        => new(spec.Program, errno, $"{spec.Program} could not be started in {spec.WorkingDirectory}: {Marshal.GetPInvokeErrorMessage(errno)}");

    /// <summary>All strings of one spawn in one unmanaged block, so that one free releases them.</summary>
    private sealed class StringBlock : IDisposable
    {
        private const string NullDevicePath = "/dev/null";

        private readonly byte* block;

        public StringBlock(ChildSpec spec)
        {
            int pointers = spec.Arguments.Count + spec.Environment.Count + 3;
            nuint size = (nuint)(pointers * sizeof(byte*)) + (2 * Room(spec.Program)) + Room(spec.WorkingDirectory) + Room(NullDevicePath);
            foreach (string argument in spec.Arguments)
                size += Room(argument);
            foreach (var (name, value) in spec.Environment)
                size += Room(name) + Room(value);

            block = (byte*)NativeMemory.Alloc(size);
            Arguments = (byte**)block;
            Environment = Arguments + spec.Arguments.Count + 2;
            byte* next = block + (pointers * sizeof(byte*));
            byte* end = block + size;

            Arguments[0] = Program = Put(ref next, end, spec.Program);
            for (int i = 0; i < spec.Arguments.Count; i++)
                Arguments[i + 1] = Put(ref next, end, spec.Arguments[i]);
            Arguments[spec.Arguments.Count + 1] = null;
            int position = 0;
            foreach (var (name, value) in spec.Environment)
                Environment[position++] = Put(ref next, end, $"{name}={value}");
            Environment[position] = null;
            WorkingDirectory = Put(ref next, end, spec.WorkingDirectory);
            NullDevice = Put(ref next, end, NullDevicePath);
        }

        public byte* Program { get; }

        public byte* WorkingDirectory { get; }

        public byte* NullDevice { get; }

        public byte** Arguments { get; }

        public byte** Environment { get; }

        public void Dispose() => NativeMemory.Free(block);

        private static nuint Room(string text) => (nuint)Encoding.UTF8.GetMaxByteCount(text.Length) + 1;

        private static byte* Put(ref byte* next, byte* end, string text)
        {
            byte* start = next;
            int length = Encoding.UTF8.GetBytes(text, new Span<byte>(next, (int)(end - next)));
            next[length] = 0;
            next += length + 1;
            return start;
        }
    }
}
