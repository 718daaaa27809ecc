using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.BuiltinAgents.Caching;

/// <summary>Keeps values for a while, under a key or under the hash of their content; what was used longest ago goes first.</summary>
/// <remarks>In the memory of one process: another silo has its own, and a restart forgets all. That is what a cache may do, and why nothing else may rely on it.</remarks>
internal sealed class CachingAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    private const int KeyLengthMax = 256;
    private const int SecondsMax = 86_400;
    private const int SecondsDefault = 3_600;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> leastUsedFirst = new();
    private long bytes;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "caching_agent",
        "Keeps values in the memory of its process, by key or by content, bounded and for a while.",
        Actions: ["cache", "cache_data"],
        Keywords: ["cache", "remember", "store"],
        Input: """
            operation: "put" | "get" | "remove" = "put"
            key: string? — at most 256 characters; without one a value is put under the hash of its content
            value: any — for put
            ttlSeconds: integer = 3600 — 1 to 86,400
            """,
        Output: "key: string\nhash: string — SHA-256 of the value\nfound: boolean — for get and remove\nvalue: any — for get\nevicted: integer — values that had to go for this one");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var operation = input.Choice("operation", "put", "get", "remove");
        var key = input.OptionalText("key", KeyLengthMax);
        var seconds = input.Integer("ttlSeconds", SecondsDefault, min: 1, SecondsMax);
        var value = input.Find("value");
        if (operation == "put" ? value is null : key is null)
        {
            input.Complain(operation == "put" ? "'value'" : "'key'", operation == "put" ? "what to keep" : "under which key", "nothing");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        return new(operation switch
        {
            "put" => Put(key, Payload.FromElement(value!.Value), TimeSpan.FromSeconds(seconds)),
            "get" => Get(key!),
            _ => Remove(key!),
        });
    }

    private AgentAnswer Put(string? key, Payload value, TimeSpan life)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(value.Utf8.Span));
        if (value.Length > options.CacheBytesMax)
        {
            return AgentAnswer.Fail(AgentFailures.BadInput, $"caching_agent keeps {options.CacheBytesMax} bytes, and 'value' alone has {value.Length}.");
        }

        var evicted = 0;
        lock (gate)
        {
            Forget(key ?? hash);
            while (bytes + value.Length > options.CacheBytesMax || byKey.Count >= options.EntriesMax)
            {
                Forget(leastUsedFirst.First!.Value.Key);
                evicted++;
            }

            byKey[key ?? hash] = leastUsedFirst.AddLast(new Entry(key ?? hash, value, hash, clock.GetUtcNow() + life));
            bytes += value.Length;
        }

        return AgentJson.Answer(new Output(key ?? hash, hash, Found: null, Value: null, evicted));
    }

    private AgentAnswer Get(string key)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(key, out var node) && node.Value.Until <= clock.GetUtcNow())
            {
                Forget(key);
                node = null;
            }

            if (node is null)
            {
                return AgentJson.Answer(new Output(key, Hash: null, Found: false, Value: null, Evicted: null));
            }

            leastUsedFirst.Remove(node);
            leastUsedFirst.AddLast(node);
            return AgentJson.Answer(new Output(key, node.Value.Hash, Found: true, node.Value.Value.As<JsonElement>(), Evicted: null));
        }
    }

    private AgentAnswer Remove(string key)
    {
        lock (gate)
        {
            return AgentJson.Answer(new Output(key, Hash: null, Forget(key), Value: null, Evicted: null));
        }
    }

    private bool Forget(string key)
    {
        if (!byKey.Remove(key, out var node))
        {
            return false;
        }

        leastUsedFirst.Remove(node);
        bytes -= node.Value.Value.Length;
        return true;
    }

    private sealed record Entry(string Key, Payload Value, string Hash, DateTimeOffset Until);

    private sealed record Output(string Key, string? Hash, bool? Found, JsonElement? Value, int? Evicted);
}
