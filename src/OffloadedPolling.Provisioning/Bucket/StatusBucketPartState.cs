namespace OffloadedPolling.Provisioning;

/// <summary>How a part of the bucket's set-up stands.</summary>
public enum StatusBucketPartState
{
    /// <summary>Switched off, or nothing is set that it would do.</summary>
    Off,

    /// <summary>On, but not to be had here; the reason says why.</summary>
    LeftOut,

    /// <summary>The bucket has it.</summary>
    AsItShouldBe,

    /// <summary>The bucket has nothing of it.</summary>
    Missing,

    /// <summary>The bucket has something else in its place that is this library's own.</summary>
    Different,

    /// <summary>It was done, and writing and reading went on working.</summary>
    Applied,

    /// <summary>The server refused it, or something unexpected is in its place; nothing of it was changed.</summary>
    Refused,

    /// <summary>It was done, made writing or reading fail, and was taken back.</summary>
    Undone,

    /// <summary>It was done and could not be taken back, though writing or reading failed or the set-up was broken off. Needs a person.</summary>
    NotUndone,
}
