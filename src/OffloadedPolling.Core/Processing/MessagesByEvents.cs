namespace OffloadedPolling.Processing;

/// <summary>Registered where messages come as events: the hosted loops that would receive them stay off.</summary>
internal sealed class MessagesByEvents;
