using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Graphs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Quality;
using Orchestrator.BuiltinAgents.Summaries;
using Orchestrator.BuiltinAgents.Trials;

namespace Orchestrator.BuiltinAgents;

/// <summary>Every agent that ships with the product and works offline.</summary>
public static class BuiltinAgentCatalog
{
    public static ImmutableArray<BuiltinAgent> All { get; } =
    [
        new(ContentIngestionAgent.Descriptor, (clock, options) => new ContentIngestionAgent(clock, options)),
        new(SummaryAgent.Descriptor, (_, options) => new SummaryAgent(options)),
        new(KeyTermsAgent.Descriptor, (_, options) => new KeyTermsAgent(options)),
        new(ContentQualityAgent.Descriptor, (_, options) => new ContentQualityAgent(options)),
        new(KnowledgeGraphAgent.Descriptor, (_, options) => new KnowledgeGraphAgent(options)),
        new(EchoAgent.Descriptor, (_, _) => new EchoAgent()),
        new(SlowAgent.Descriptor, (clock, options) => new SlowAgent(clock, options)),
        new(FlakyAgent.Descriptor, (_, options) => new FlakyAgent(options)),
    ];
}
