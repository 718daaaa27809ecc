using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Analytics;
using Orchestrator.BuiltinAgents.Assessments;
using Orchestrator.BuiltinAgents.Courses;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Graphs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.MindMaps;
using Orchestrator.BuiltinAgents.Quality;
using Orchestrator.BuiltinAgents.Reviews;
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
        new(KnowledgeGraphAgent.Descriptor, (_, options) => new KnowledgeGraphAgent(options)),
        new(ContentQualityAgent.Descriptor, (_, options) => new ContentQualityAgent(options)),
        new(AssessmentAgent.Descriptor, (_, options) => new AssessmentAgent(options)),
        new(MindMapAgent.Descriptor, (_, options) => new MindMapAgent(options)),
        new(LearningScienceAgent.Descriptor, (clock, options) => new LearningScienceAgent(clock, options)),
        new(AnalyticsAgent.Descriptor, (_, options) => new AnalyticsAgent(options)),
        new(CourseAgent.Descriptor, (_, options) => new CourseAgent(options)),
        new(EchoAgent.Descriptor, (_, _) => new EchoAgent()),
        new(SlowAgent.Descriptor, (clock, options) => new SlowAgent(clock, options)),
        new(FlakyAgent.Descriptor, (_, options) => new FlakyAgent(options)),
    ];
}
