using Orchestrator.Testing.Postgres;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Orchestrator.Adapters.Tests;

/// <summary>A test that every store must pass. In a class marked <see cref="NeedsPostgresAttribute"/> it is skipped where there is no PostgreSQL, and says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Orchestrator.Adapters.Tests." + nameof(StoreFactDiscoverer), "Orchestrator.Adapters.Tests")]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>The same for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Orchestrator.Adapters.Tests." + nameof(StoreTheoryDiscoverer), "Orchestrator.Adapters.Tests")]
public sealed class StoreTheoryAttribute : TheoryAttribute;

/// <summary>The tests that this class inherits run on PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;

public sealed class StoreFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact) =>
        Skips.Why(method) is { } reason
            ? new XunitSkippedDataRowTestCase(DiagnosticMessageSink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, reason)
            : base.CreateTestCase(options, method, fact);
}

public sealed class StoreTheoryDiscoverer(IMessageSink messages) : TheoryDiscoverer(messages)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo theory, object[] row) =>
        Skips.Why(method) is { } reason ? CreateTestCasesForSkippedDataRow(options, method, theory, row, reason) : base.CreateTestCasesForDataRow(options, method, theory, row);
}

internal static class Skips
{
    public static string? Why(ITestMethod method) => method.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute)).Any() ? TestPostgres.WhyNone : null;
}
