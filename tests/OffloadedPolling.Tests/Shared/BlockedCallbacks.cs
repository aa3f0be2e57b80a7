namespace OffloadedPolling.Tests.Shared;

/// <summary>Callbacks that handlers register with their token, and that block until they are released.</summary>
internal sealed class BlockedCallbacks
{
    private readonly TaskCompletionSource _release = new();

    private int _registered;

    public int Registered => Volatile.Read(ref _registered);

    public void BlockOn(CancellationToken token)
    {
        token.Register(() => _release.Task.Wait(CancellationToken.None));
        Interlocked.Increment(ref _registered);
    }

    public void Release() => _release.SetResult();
}
