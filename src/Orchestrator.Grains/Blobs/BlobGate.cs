using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Blobs;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Blobs;

/// <summary>The one way by which links come into a workflow: what they lead to is kept, and the workflow uses it, before any event mentions it.</summary>
/// <remarks>Payloads without links, which is nearly all of them, cost a look for five letters. A store that is away is thrown.</remarks>
internal sealed class BlobGate(IBlobStore store, BlobOptions options)
{
    /// <summary>Null when the links of a payload may come in.</summary>
    /// <param name="what">What the payload is, for the refusal.</param>
    public ValueTask<Refusal?> AdmitAsync(WorkflowId workflow, string what, Payload payload) =>
        BlobLink.MayStandIn(payload) ? AdmitAsync(workflow, [(what, payload)]) : default;

    /// <summary>Null when the links of everything a workflow begins with may come in: its input, its plan, and what it takes over from another.</summary>
    public ValueTask<Refusal?> AdmitAsync(WorkflowId workflow, StartWorkflow start)
    {
        var linking = ImmutableArray<(string, Payload)>.Empty;
        Look("input", start.Input);
        foreach (var (what, payload) in PlanPayloads.Of(start.Plan))
        {
            Look(what, payload);
        }

        foreach (var taken in start.Origin is { Reused.IsDefaultOrEmpty: false } origin ? origin.Reused : [])
        {
            Look($"output of step '{taken.Step}'", taken.Output);
        }

        return linking.IsEmpty ? default : AdmitAsync(workflow, linking);

        void Look(string what, Payload payload) => linking = BlobLink.MayStandIn(payload) ? linking.Add((what, payload)) : linking;
    }

    private async ValueTask<Refusal?> AdmitAsync(WorkflowId workflow, ImmutableArray<(string What, Payload Payload)> linking)
    {
        var found = linking.SelectMany(one => BlobLink.In(one.Payload).Select(link => (one.What, Link: link))).ToImmutableArray();
        if (found.Length > options.LinksMax)
        {
            return new Refusal(RefusalCodes.BlobInvalid, string.Create(
                CultureInfo.InvariantCulture, $"At most {options.LinksMax:N0} links to blobs come into a workflow at once (Blobs:LinksMax), found {found.Length:N0}."));
        }

        if (found.FirstOrDefault(one => one.Link.Link is null) is { What: { } what } wrong)
        {
            return new Refusal(RefusalCodes.BlobInvalid, $"The {what} has a link at '{wrong.Link.Place}' that cannot be read: expected 'sha256:' and 64 hexadecimal digits in lower case, found '{Shown(wrong.Link.Text)}'.");
        }

        if (found.IsEmpty)
        {
            return null;
        }

        var missing = await store.UseAsync(workflow, [.. found.Select(one => one.Link.Link!.Digest).Distinct()], CancellationToken.None);
        if (missing.IsEmpty)
        {
            return null;
        }

        var first = found.First(one => missing.Contains(one.Link.Link!.Digest));
        return new Refusal(RefusalCodes.BlobUnknown, $"The {first.What} links at '{first.Link.Place}' to {first.Link.Text}: expected a blob that is kept, found none. Put it with POST /api/v1/blobs, and send the same again.");
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
