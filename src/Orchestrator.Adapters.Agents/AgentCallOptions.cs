using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.Agents;

/// <summary>What may come back from an agent.</summary>
public sealed class AgentCallOptions
{
    public const string Section = "AgentCalls";

    /// <summary>The largest answer, in bytes. A larger one fails the step with <c>agent.answer_too_large</c>.</summary>
    /// <value>1 KiB to 64 MiB. The default is 16 MiB; what is larger than <c>Blobs:InlineBytesMax</c> is kept beside the journal.</value>
    [Range(1_024, 67_108_864)]
    public int AnswerBytesMax { get; set; } = 16_777_216;

    /// <summary>The longest <c>Retry-After</c> of an agent that is honoured; a longer one counts as this.</summary>
    /// <value>0 to 1 day. The default is 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromMinutes(10);
}
