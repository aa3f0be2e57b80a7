using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling;

/// <summary>The SHA-256 of several texts, each as UTF-8 after its length in four bytes, so that "ab", "c" differs from "a", "bc".</summary>
internal static class FramedHash
{
    public static byte[] Compute(params IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = new byte[sizeof(int)];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
