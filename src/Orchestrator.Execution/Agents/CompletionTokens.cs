using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Agents;

/// <summary>Which attempt a completion is about.</summary>
/// <param name="WorkflowCreatedAt">Tells a workflow from a later one of the same id.</param>
public readonly record struct CompletionSubject(WorkflowId Workflow, DateTimeOffset WorkflowCreatedAt, StepPath Step, int Generation, int Attempt);

/// <summary>Makes and checks the tokens by which agents answer later.</summary>
/// <remarks>
/// A token names its attempt and carries an HMAC-SHA256 (RFC 2104) of that name under a key which no store holds: who reads the database cannot make one.
/// The same attempt always gets the same token, so a call that is repeated after a crash of ours, in whichever process, brings the agent nothing new.
/// While a key is replaced there are two: the first makes tokens, both are believed. Safe to use from many threads.
/// </remarks>
public sealed class CompletionTokens(ImmutableArray<byte[]> keys, Func<Uri?> address)
{
    /// <summary>No key is shorter, in bytes.</summary>
    public const int KeyLengthMin = 32;

    /// <summary>Where completions are sent, below an address by which agents reach this server.</summary>
    public const string Path = "/api/v1/completions/";

    /// <summary>No token is longer: it travels in a header and in a path.</summary>
    private const int LengthMax = 4_096;

    private const int Parts = 5;

    /// <summary>There is no key, and so nobody is offered to answer later.</summary>
    public bool None => keys.IsEmpty;

    /// <summary>What the attempt's agent is told; null where there is no key, or where the step's path is too long for a token.</summary>
    public CompletionOffer? Offer(CompletionSubject subject)
    {
        if (None)
        {
            return null;
        }

        var token = Write(subject);
        return token.Length > LengthMax ? null : new CompletionOffer(token, (address()?.GetLeftPart(UriPartial.Path).TrimEnd('/') ?? "") + Path + token);
    }

    public bool TryRead(string token, [NotNullWhen(true)] out CompletionSubject? subject)
    {
        subject = null;
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (token.Length > LengthMax || dot <= 0 || !TryDecode(token.AsSpan(0, dot), out var name) || !TryDecode(token.AsSpan(dot + 1), out var mac))
        {
            return false;
        }

        var known = false;
        foreach (var key in keys)
        {
            known |= CryptographicOperations.FixedTimeEquals(MacOf(key, name), mac);
        }

        return known && TryParse(Encoding.UTF8.GetString(name), out subject);
    }

    private string Write(CompletionSubject subject)
    {
        var name = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{subject.Workflow}\n{subject.WorkflowCreatedAt.UtcTicks}\n{subject.Generation}\n{subject.Attempt}\n{subject.Step}"));
        return Base64Url.EncodeToString(name) + "." + Base64Url.EncodeToString(MacOf(keys[0], name));
    }

    // The purpose stands before the name, so that the same key could sign other things without one passing for the other.
    private static byte[] MacOf(byte[] key, byte[] name) => HMACSHA256.HashData(key, (byte[])[.. "completion/1\n"u8, .. name]);

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    private static bool TryParse(string name, [NotNullWhen(true)] out CompletionSubject? subject)
    {
        subject = null;
        var parts = name.Split('\n', Parts);
        if (parts.Length != Parts
            || !WorkflowId.TryParse(parts[0], out var workflow)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            || !int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt))
        {
            return false;
        }

        subject = new CompletionSubject(workflow, new DateTimeOffset(ticks, TimeSpan.Zero), new StepPath(parts[4]), generation, attempt);
        return true;
    }
}
