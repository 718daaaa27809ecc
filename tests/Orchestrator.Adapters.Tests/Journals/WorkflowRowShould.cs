using System.Collections.Immutable;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Tests.Journals;

internal static class WorkflowRowShould
{
    /// <summary>Compares all members, the tags by content: records compare them by reference.</summary>
    public static void ShouldBeRow(this WorkflowSummary? actual, WorkflowSummary expected)
    {
        actual.ShouldNotBeNull();
        actual.Tags.ShouldBe(expected.Tags);
        var untagged = ImmutableSortedDictionary<string, string>.Empty;
        (actual with { Tags = untagged }).ShouldBe(expected with { Tags = untagged });
    }
}
