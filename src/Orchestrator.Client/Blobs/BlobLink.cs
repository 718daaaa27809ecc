using System.Text.Json.Serialization;

namespace Orchestrator.Client.Blobs;

/// <summary>What stands for a content in inputs, signals and outputs. A member of this type in an input is the content to the agent that gets it.</summary>
/// <param name="Digest"><c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="Bytes">The content's length; null where the link does not say.</param>
/// <param name="ContentType">How to read it; JSON and text are opened for agents, everything else they get as the link.</param>
public sealed record BlobLink([property: JsonPropertyName("$blob")] string Digest, long? Bytes = null, string? ContentType = null);
