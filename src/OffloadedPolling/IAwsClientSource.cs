namespace OffloadedPolling;

/// <summary>Something that needs an AWS client, which the start asks for so that missing settings stop it.</summary>
internal interface IAwsClientSource
{
    /// <summary>Makes the client, without I/O.</summary>
    void EnsureClient();
}
