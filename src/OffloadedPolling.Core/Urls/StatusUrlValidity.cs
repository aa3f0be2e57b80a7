namespace OffloadedPolling;

/// <summary>What a host makes of a status URL that it signed, or that somebody says it did.</summary>
public enum StatusUrlValidity
{
    /// <summary>Not signed by this host for this document: forged, altered, or unsigned.</summary>
    Invalid,

    /// <summary>Rightly signed, and no longer valid.</summary>
    Expired,

    /// <summary>Rightly signed, and still valid.</summary>
    Valid,
}
