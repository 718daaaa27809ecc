using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Topics;

namespace Orchestrator.Adapters.Tests.Topics;

public sealed class In_memory_topics : TopicLogContract
{
    protected override ITopicLog Log { get; } = new InMemoryTopicLog();
}
