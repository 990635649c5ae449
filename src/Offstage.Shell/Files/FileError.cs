namespace Offstage.Shell;

/// <summary>Why a file operation was refused: the cases of errno that scripts can tell apart.</summary>
public enum FileError
{
    None = 0,
    NotPermitted,
    NotFound,
    Interrupted,
    InputOutput,
    NoDevice,
    BadDescriptor,
    NoMemory,
    AccessDenied,
    Busy,
    Exists,
    CrossDevice,
    NotDirectory,
    IsDirectory,
    InvalidArgument,
    TooManyOpenFiles,
    TextBusy,
    FileTooBig,
    NoSpace,
    IllegalSeek,
    ReadOnlyTree,
    TooManyLinks,
    BrokenPipe,
    NameTooLong,
    NotEmpty,
    TooManySymbolicLinks,
    NotSupported,
}

/// <summary>The words in which the C library tells an error, as scripts and people expect to read them.</summary>
public static class FileErrorText
{
    public static string Message(this FileError error) => error switch
    {
        FileError.None => "Success",
        FileError.NotPermitted => "Operation not permitted",
        FileError.NotFound => "No such file or directory",
        FileError.Interrupted => "Interrupted system call",
        FileError.InputOutput => "Input/output error",
        FileError.NoDevice => "No such device or address",
        FileError.BadDescriptor => "Bad file descriptor",
        FileError.NoMemory => "Cannot allocate memory",
        FileError.AccessDenied => "Permission denied",
        FileError.Busy => "Device or resource busy",
        FileError.Exists => "File exists",
        FileError.CrossDevice => "Invalid cross-device link",
        FileError.NotDirectory => "Not a directory",
        FileError.IsDirectory => "Is a directory",
        FileError.InvalidArgument => "Invalid argument",
        FileError.TooManyOpenFiles => "Too many open files",
        FileError.TextBusy => "Text file busy",
        FileError.FileTooBig => "File too large",
        FileError.NoSpace => "No space left on device",
        FileError.IllegalSeek => "Illegal seek",
        FileError.ReadOnlyTree => "Read-only file system",
        FileError.TooManyLinks => "Too many links",
        FileError.BrokenPipe => "Broken pipe",
        FileError.NameTooLong => "File name too long",
        FileError.NotEmpty => "Directory not empty",
        FileError.TooManySymbolicLinks => "Too many levels of symbolic links",
        FileError.NotSupported => "Operation not supported",
        _ => error.ToString(),
    };
}
