using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>What is kept of a session.</summary>
[GenerateSerializer, Alias("stored-session")]
public sealed class StoredSession
{
    /// <summary>The record's name in the store.</summary>
    public const string Name = "session";

    [Id(0)]
    public Session? Session { get; set; }
}

/// <summary>What is kept of a learner's sessions.</summary>
[GenerateSerializer, Alias("stored-learner")]
public sealed class StoredLearner
{
    /// <summary>The newest, the oldest first.</summary>
    [Id(0)]
    public List<Named> Sessions { get; set; } = [];

    /// <summary>Requests by key, the newest.</summary>
    [Id(1)]
    public List<Request> Requests { get; set; } = [];

    [Id(2)]
    public string? Current { get; set; }

    [GenerateSerializer, Alias("stored-learner-session")]
    public sealed class Named
    {
        [Id(0)]
        public string Id { get; set; } = "";

        [Id(1)]
        public long EpochMs { get; set; }
    }

    [GenerateSerializer, Alias("stored-learner-request")]
    public sealed class Request
    {
        [Id(0)]
        public string Key { get; set; } = "";

        [Id(1)]
        public string Fingerprint { get; set; } = "";

        [Id(2)]
        public string Session { get; set; } = "";
    }
}
