namespace Orchestrator.Vocabulary.Blobs;

/// <summary>A content that is kept.</summary>
/// <param name="Parts">How many it is kept in; none when it is empty.</param>
/// <param name="ContentType">Of its first put.</param>
[GenerateSerializer, Immutable, Alias("blob-summary")]
public sealed record BlobSummary(
    [property: Id(0)] BlobDigest Digest, [property: Id(1)] long Bytes, [property: Id(2)] int Parts, [property: Id(3)] string ContentType)
{
    public BlobLink Link => new(Digest, Bytes, ContentType);
}

/// <summary>What became of an upload.</summary>
[GenerateSerializer, Alias("blob-outcome")]
public enum BlobOutcome
{
    /// <summary>Its parts are not all there: it rested for so long that retention took them. Nothing has changed.</summary>
    Incomplete = 0,

    /// <summary>It is a blob now.</summary>
    Stored = 1,

    /// <summary>The same content was kept before.</summary>
    Known = 2,
}
