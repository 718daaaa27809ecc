namespace Orchestrator.ApiHost.Tests;

/// <summary>Plans the tests run.</summary>
public static class Plans
{
    /// <summary>Ends by itself at once.</summary>
    public const string Echo = """{"id": "greet", "steps": [{"id": "hello", "agentId": "echo", "action": "echo", "input": {"text": "${{ input.name }}"}}]}""";

    /// <summary>Waits until it is told to go.</summary>
    public const string Signal = """{"id": "gate", "steps": [{"id": "go", "signal": "go"}]}""";

    /// <summary>Waits for a person, in a step whose path needs care in a URL.</summary>
    public const string Approval = """{"id": "ask", "steps": [{"id": "unit", "subPlan": {"id": "inner", "steps": [{"id": "read", "approval": {"prompt": "Is it good?"}}]}}]}""";

    /// <summary>Does one step, waits, and would do another.</summary>
    public const string Middle = """
        {"id": "middle", "mode": "sequential", "steps": [
          {"id": "first", "agentId": "echo", "action": "echo", "input": {"text": "one"}},
          {"id": "wait", "signal": "go"},
          {"id": "last", "agentId": "echo", "action": "echo", "input": {"text": "three"}, "dependencies": ["wait"]}]}
        """;

    /// <summary>Fails for good: its agent always does.</summary>
    public const string Failing = """{"id": "broken", "steps": [{"id": "ok", "agentId": "echo", "action": "echo", "input": {}}, {"id": "bad", "agentId": "flaky", "action": "flaky", "input": {"failures": 1000}, "dependencies": ["ok"]}]}""";

    public static string Start(string plan, string rest = "") => $$"""{"plan": {{plan}}{{(rest.Length == 0 ? "" : ", " + rest)}}}""";
}
