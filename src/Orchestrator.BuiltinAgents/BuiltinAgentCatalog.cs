using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Analytics;
using Orchestrator.BuiltinAgents.Assessments;
using Orchestrator.BuiltinAgents.Caching;
using Orchestrator.BuiltinAgents.Capacity;
using Orchestrator.BuiltinAgents.Checks;
using Orchestrator.BuiltinAgents.Courses;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Graphs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Learning;
using Orchestrator.BuiltinAgents.MindMaps;
using Orchestrator.BuiltinAgents.Personal;
using Orchestrator.BuiltinAgents.Quality;
using Orchestrator.BuiltinAgents.Realtime;
using Orchestrator.BuiltinAgents.Reviews;
using Orchestrator.BuiltinAgents.Searches;
using Orchestrator.BuiltinAgents.Security;
using Orchestrator.BuiltinAgents.Speech;
using Orchestrator.BuiltinAgents.Summaries;
using Orchestrator.BuiltinAgents.Trials;
using Orchestrator.BuiltinAgents.Tutoring;
using Orchestrator.BuiltinAgents.Visuals;

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
        new(PersonalizationAgent.Descriptor, (_, options) => new PersonalizationAgent(options)),
        new(ChartAgent.Descriptor, (_, options) => new ChartAgent(options)),
        new(CausalOrderAgent.Descriptor, (_, options) => new CausalOrderAgent(options)),
        new(CachingAgent.Descriptor, (clock, options) => new CachingAgent(clock, options)),
        new(SecurityAgent.Descriptor, (_, options) => new SecurityAgent(options)),
        new(TestingAgent.Descriptor, (_, options) => new TestingAgent(options)),
        new(CapacityAgent.Descriptor, (_, options) => new CapacityAgent(options)),
        new(LibrarianAgent.Descriptor, (_, options) => new LibrarianAgent(options)),
        new(RetrievalAgent.Descriptor, (_, options) => new RetrievalAgent(options)),
        new(LearningAgent.Descriptor, (clock, options) => new LearningAgent(clock, options)),
        new(TutorAgent.Descriptor, (_, options) => new TutorAgent(options)),
        new(SpeechAgent.Descriptor, (clock, options) => new SpeechAgent(clock, options)),
        new(EchoAgent.Descriptor, (_, _) => new EchoAgent()),
        new(SlowAgent.Descriptor, (clock, options) => new SlowAgent(clock, options)),
        new(FlakyAgent.Descriptor, (_, options) => new FlakyAgent(options)),
    ];
}
