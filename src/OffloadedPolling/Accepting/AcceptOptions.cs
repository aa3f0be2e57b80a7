namespace OffloadedPolling;

/// <summary>What a host may say about one operation when it accepts it.</summary>
public sealed class AcceptOptions
{
    /// <summary>
    /// Makes, from the operation's id, the address where its outcome will be had, relative to the operation URL:
    /// <c>id => $"/order/{id}"</c>.
    /// </summary>
    /// <value><see langword="null"/> unless set: the handler may still set it.</value>
    public Func<string, string>? ResourceLocation { get; set; }
}
