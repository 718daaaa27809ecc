using Xunit;

namespace Orchestrator.Testing.Postgres;

/// <summary>A test on a real PostgreSQL; where there is none it is skipped, and says what was not found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    /// <summary>Set for a test that crashes its server or keeps it away: it needs one of its own.</summary>
    public bool OwnServer { get; set; }

    public override string? Skip
    {
        get => base.Skip ?? (OwnServer ? TestPostgres.WhyNoServer : TestPostgres.WhyNone);
        set => base.Skip = value;
    }
}

/// <summary>The same for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="PostgresFactAttribute.OwnServer"/>
    public bool OwnServer { get; set; }

    public override string? Skip
    {
        get => base.Skip ?? (OwnServer ? TestPostgres.WhyNoServer : TestPostgres.WhyNone);
        set => base.Skip = value;
    }
}
