namespace Orchestrator.Grains.Callbacks;

/// <summary>What is kept of a callback. Where it goes and what it says stands in the workflow.</summary>
[GenerateSerializer, Alias("stored-callback")]
public sealed class StoredCallback
{
    [Id(0)]
    public CallbackState State { get; set; }

    /// <summary>The number of the workflow's last event.</summary>
    [Id(1)]
    public long Number { get; set; }

    [Id(2)]
    public int Tries { get; set; }

    [Id(3)]
    public int? LastStatus { get; set; }

    [Id(4)]
    public string? LastProblem { get; set; }

    [Id(5)]
    public DateTimeOffset? LastTriedAt { get; set; }

    [Id(6)]
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>Since when it is owed, or was asked for again.</summary>
    [Id(7)]
    public DateTimeOffset OwedAt { get; set; }
}

/// <summary>How far the relay has read.</summary>
[GenerateSerializer, Alias("stored-callback-relay")]
public sealed class StoredCallbackRelay
{
    [Id(0)]
    public long After { get; set; }
}
