namespace OffloadedPolling.Provisioning;

/// <summary>A configuration document holds what this version does not know how to keep. The part that needs the document stops.</summary>
internal sealed class UnexpectedDocumentException(string message, Exception? cause = null) : Exception(message, cause);
