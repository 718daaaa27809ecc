using Microsoft.Extensions.Logging;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

public sealed partial class TopicGrain
{
    [LoggerMessage(EventId = 1501, EventName = "TopicHintFailed", Level = LogLevel.Warning,
        Message = "Topic {Topic} could not tell the other silos that it has something new; their readers find it within a second all the same")]
    private partial void LogHintFailed(Exception exception, TopicName topic);
}
