using Xunit;

namespace Orchestrator.Testing.RabbitMq;

/// <summary>A test on a real RabbitMQ; where there is none it is skipped, and says what was not found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RabbitMqFactAttribute : FactAttribute
{
    /// <summary>Set for a test that crashes its broker: it needs one of its own.</summary>
    public bool Crashes { get; set; }

    public override string? Skip
    {
        get => base.Skip ?? (Crashes ? TestRabbitMq.WhyNoOwn : TestRabbitMq.WhyNone);
        set => base.Skip = value;
    }
}
