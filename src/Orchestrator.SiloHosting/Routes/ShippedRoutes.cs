using System.Collections.Immutable;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.SiloHosting.Routes;

/// <summary>The routes that come with the product: tasks by pattern (S2-47…64), and requests in words by keyword (S4-09…13), in the order in which they are asked.</summary>
internal static class ShippedRoutes
{
    public static ImmutableArray<Route> All { get; } =
    [
        ForTasks("upload_pdf", "content_ingestion_agent", "Upload and process PDF files.", priority: 2),
        ForTasks("personalize_content", "personalization_agent", "Fit content to one learner."),
        ForTasks("build_knowledge_graph", "knowledge_graph_agent", "Find concepts and what connects them."),
        ForTasks("generate_assessment", "assessment_agent", "Write questions with an answer key."),
        ForTasks("create_visual", "visual_generation_agent", "Make a picture."),
        ForTasks("generate_audio", "audio_generation_agent", "Make speech or sound."),
        ForTasks("translate_content", "translation_agent", "Put text into another language."),
        ForTasks("create_mindmap", "mindmap_agent", "Draw a mind map."),
        ForTasks("apply_learning_science", "learning_science_agent", "Plan when to review what."),
        ForTasks("track_analytics", "analytics_agent", "Measure what learners did."),
        ForTasks("coordinate_realtime", "realtime_coordination_agent", "Bring people together while they work."),
        ForTasks("check_content_quality", "content_quality_agent", "Measure how well a text reads."),
        ForTasks("run_local_ai", "local_ai_agent", "Ask a model on this machine."),
        ForTasks("cache_data", "caching_agent", "Keep data where it is quick to read."),
        ForTasks("manage_database", "database_management_agent", "Look after a database."),
        ForTasks("check_security", "security_compliance_agent", "Look for what should not be there."),
        ForTasks("run_tests", "testing_qa_agent", "Check that something works."),
        ForTasks("manage_infrastructure", "infrastructure_agent", "Look after machines."),
        ForWords("kb_librarian", "search", "find", "lookup", "knowledge", "what is"),
        ForWords("system_commands", "execute", "run", "command", "shell", "terminal"),
        ForWords("web_research", "research", "web", "internet", "online", "browse"),
        ForWords("rag_agent", "analyze", "summarize", "synthesize", "documents"),
        ForWords("chat_agent", "hello", "hi", "how are you", "chat", "talk"),
    ];

    private static Route ForTasks(string pattern, string agent, string description, int? priority = null) =>
        new(pattern, pattern, [agent], Timeout: TimeSpan.FromSeconds(300), Priority: priority, Description: description);

    private static Route ForWords(string agent, params ImmutableArray<string> keywords) => new(agent, TargetAgents: [agent], Keywords: keywords);
}
