using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Decisions.Schemas;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.BuiltinAgents.Checks;

/// <summary>Holds values to what was expected of them: a JSON schema (2020-12), or an equal value. It runs no program.</summary>
internal sealed class TestingAgent(BuiltinAgentOptions options) : IAgent
{
    private const int NameLengthMax = 200;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "testing_qa_agent",
        "Holds values to JSON schemas or to equal values, and says which tests passed.",
        Actions: ["check_values", "run_tests"],
        Keywords: ["test", "quality assurance", "verify", "assert"],
        Input: """
            tests: [{ name, value, schema | equals }] — value is what came, such as a step's output
            """,
        Output: "passed: integer, failed: integer, success: boolean\nresults: [{ name, passed, problems: [string] }]");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        if (ServiceInItsPlace.For(input, Descriptor, "holds values to schemas and to equal values, and runs no program", "a service that runs tests", "tests") is { } elsewhere)
        {
            return new(elsewhere);
        }

        var results = input.List("tests", (field, element) => ResultOf(input, field, element));
        if (!input.Has("tests"))
        {
            input.Complain("'tests'", "a list of { name, value, schema or equals }", "nothing");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        if (results.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "testing_qa_agent got no tests: nothing has been shown."));
        }

        var passed = results.Count(result => result.Passed);
        return new(AgentJson.Answer(new Output(passed, results.Length - passed, passed == results.Length, results)));
    }

    private static Result? ResultOf(AgentInput input, string field, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("value", out var value) || AgentInput.Member(element, "name") is not { } named)
        {
            input.Complain($"'{field}'", "an object with name, value, and schema or equals", AgentInput.Describe(element));
            return null;
        }

        if (input.TextOf(field + ".name", named, NameLengthMax) is not { } name)
        {
            return null;
        }

        if (element.TryGetProperty("equals", out var expected))
        {
            return JsonElement.DeepEquals(expected, value)
                ? new Result(name, true, [])
                : new Result(name, false, [$"Expected {AgentInput.Describe(expected)}, found {AgentInput.Describe(value)}."]);
        }

        if (AgentInput.Member(element, "schema") is not { } schema)
        {
            input.Complain($"'{field}'", "a schema, or what the value equals", "neither");
            return null;
        }

        var (shape, problem) = JsonShape.Read(Payload.FromElement(schema));
        if (problem is not null)
        {
            input.Complain($"'{field}.schema'", "a JSON schema", problem.TrimEnd('.'));
            return null;
        }

        var problems = shape!.ProblemsOf(value);
        return new Result(name, problems.IsEmpty, problems);
    }

    private sealed record Result(string Name, bool Passed, ImmutableArray<string> Problems);

    private sealed record Output(int Passed, int Failed, bool Success, ImmutableArray<Result> Results);
}
