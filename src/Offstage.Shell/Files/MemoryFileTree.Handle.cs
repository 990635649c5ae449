using Offstage.Shell.Files;

namespace Offstage.Shell;

public sealed partial class MemoryFileTree
{
    private sealed class Handle(MemoryFileTree tree, MemoryNode node, FileOpening opening) : IFileHandle
    {
        private bool closed;

        public FileError ReadAt(long offset, Span<byte> buffer, out int count)
        {
            count = 0;
            if (!opening.HasFlag(FileOpening.Read))
                return FileError.BadDescriptor;
            lock (tree.gate)
            {
                if (node.IsDirectory)
                    return FileError.IsDirectory;
                if (offset < node.Length)
                {
                    count = (int)Math.Min(buffer.Length, node.Length - offset);
                    node.Content.AsSpan((int)offset, count).CopyTo(buffer);
                }

                return FileError.None;
            }
        }

        public FileError WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (tree.gate)
                return Put(offset, bytes);
        }

        public FileError Append(ReadOnlySpan<byte> bytes, out long end)
        {
            lock (tree.gate)
            {
                FileError error = Put(node.Length, bytes);
                end = node.Length;
                return error;
            }
        }

        public FileError Truncate(long length)
        {
            if ((opening & (FileOpening.Write | FileOpening.Append)) == 0)
                return FileError.InvalidArgument;
            lock (tree.gate)
                return tree.Resize(node, length);
        }

        public FileError Stat(out FileStatus status)
        {
            lock (tree.gate)
                status = node.Status();
            return FileError.None;
        }

        public void Dispose()
        {
            lock (tree.gate)
            {
                if (closed)
                    return;
                closed = true;
                node.Handles--;
                tree.ForgetIfUnused(node);
            }
        }

        private FileError Put(long offset, ReadOnlySpan<byte> bytes)
        {
            if ((opening & (FileOpening.Write | FileOpening.Append)) == 0)
                return FileError.BadDescriptor;
            if (bytes.IsEmpty)
                return FileError.None;
            long end = offset + bytes.Length;
            if (end > node.Length)
            {
                FileError error = tree.Resize(node, end);
                if (error != FileError.None)
                    return error;
            }

            bytes.CopyTo(node.Content.AsSpan((int)offset));
            node.ModifiedAt = node.ChangedAt = tree.time.GetUtcNow();
            return FileError.None;
        }
    }
}
