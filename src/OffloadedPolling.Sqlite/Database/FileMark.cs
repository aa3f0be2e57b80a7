using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// A row that one process puts into the file, to see whether what it writes is what others read: a file that was deleted or replaced while
/// it is open goes on to take writes, which nobody finds again.
/// </summary>
internal sealed class FileMark(TimeProvider time)
{
    // Those of processes that are long gone.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    private readonly string _name = $"mark-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    /// <summary>Puts a new mark in the place of this process's last.</summary>
    public byte[] Put(SqliteSession session)
    {
        var now = time.GetUtcNow();
        var mark = At(now, RandomNumberGenerator.GetBytes(8));
        session.Execute("DELETE FROM settings WHERE name GLOB 'mark-*' AND value < $old", ("$old", At(now - _longest, [])));
        session.Execute("INSERT OR REPLACE INTO settings (name, value) VALUES ($name, $value)", ("$name", _name), ("$value", mark));
        return mark;
    }

    public bool IsIn(SqliteSession session, byte[] mark) => session.ReadFirst(
        "SELECT value FROM settings WHERE name = $name", row => row.GetFieldValue<byte[]>(0), ("$name", _name)) is { } found && found.AsSpan().SequenceEqual(mark);

    // SQLite compares bytes from the first on.
    private static byte[] At(DateTimeOffset time, ReadOnlySpan<byte> random)
    {
        var mark = new byte[sizeof(long) + random.Length];
        BinaryPrimitives.WriteInt64BigEndian(mark, time.ToUnixTimeMilliseconds());
        random.CopyTo(mark.AsSpan(sizeof(long)));
        return mark;
    }
}
