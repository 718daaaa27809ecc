using Orchestrator.Decisions.Expressions;
using Orchestrator.Decisions.Schemas;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>What the settings of a model may say.</summary>
public static class ModelRules
{
    public const int NameLengthMax = 128;
    public const int FallbacksMax = 8;
    public const int ToolsMax = 32;
    public const int ToolCallsMaxMax = 100;
    public const int ToolDepthMaxMax = 5;
    public const int PromptLengthMax = 65_536;
    private const int ReferenceLengthMax = 1_024;
    private const int FunctionNameLengthMax = 64;
    private const int TokensMaxMax = 1_000_000;

    public static ModelSettings? Complete(ModelSettings? model) => model is null ? null : model with
    {
        Fallbacks = model.Fallbacks.IsDefault ? [] : model.Fallbacks,
        Tools = model.Tools.IsDefault ? [] : model.Tools,
    };

    /// <summary>The name by which a model calls an agent: what the protocol allows in the name of a function.</summary>
    public static string FunctionNameOf(string agent)
    {
        var name = agent.Replace('.', '_');
        return name.Length <= FunctionNameLengthMax ? name : name[..FunctionNameLengthMax];
    }

    /// <summary>Each place where a secret may be, and never the secret itself.</summary>
    public static bool IsReference(string? reference) =>
        reference is { Length: <= ReferenceLengthMax }
        && (reference.StartsWith("env:", StringComparison.Ordinal) && reference.Length > 4 || reference.StartsWith("file:", StringComparison.Ordinal) && reference.Length > 5)
        && !reference.Any(char.IsControl);

    internal static IEnumerable<string> Problems(AgentRegistration agent)
    {
        if (agent.Model is not { } model)
        {
            if (agent.Kind == AgentKind.Llm)
            {
                yield return "An agent of the kind 'llm' needs model.name, such as llama3.2:3b.";
            }

            yield break;
        }

        if (agent.Kind != AgentKind.Llm)
        {
            yield return $"Only an agent of the kind 'llm' has a model, and this is '{agent.Kind}'.";
        }

        foreach (var problem in NumberProblems(model).Concat(NameProblems(agent, model)).Concat(TextProblems(model)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> NumberProblems(ModelSettings model)
    {
        if (model.Temperature is { } temperature && temperature is not (>= 0 and <= 2))
        {
            yield return $"model.temperature must be 0 to 2, not {temperature}.";
        }

        if (model.TokensMax is < 1 or > TokensMaxMax)
        {
            yield return $"model.tokensMax must be 1 to 1,000,000, not {model.TokensMax}.";
        }

        if (model.ToolCallsMax is < 1 or > ToolCallsMaxMax || model.ToolDepthMax is < 1 or > ToolDepthMaxMax)
        {
            yield return $"model.toolCallsMax must be 1 to {ToolCallsMaxMax} and model.toolDepthMax 1 to {ToolDepthMaxMax}, not {model.ToolCallsMax} and {model.ToolDepthMax}.";
        }

        if (model.PriceIn is < 0 or > 1_000_000 || model.PriceOut is < 0 or > 1_000_000)
        {
            yield return $"model.priceIn and model.priceOut must be 0 to 1,000,000 for a million tokens, not {model.PriceIn} and {model.PriceOut}.";
        }

        if (model.RequestTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(1)))
        {
            yield return $"model.requestTimeout must be more than nothing and at most a day, not {timeout}.";
        }
    }

    private static IEnumerable<string> NameProblems(AgentRegistration agent, ModelSettings model)
    {
        if (!IsModel(model.Name))
        {
            yield return $"model.name must have 1 to {NameLengthMax} characters and no control characters.";
        }

        if (model.Fallbacks.Length > FallbacksMax || model.Fallbacks.Any(name => !IsModel(name)))
        {
            yield return $"model.fallbacks may hold {FallbacksMax} names of models.";
        }

        if (model.Tools.Length > ToolsMax || model.Tools.Any(tool => !AgentRules.IsName(tool)) || model.Tools.DistinctBy(FunctionNameOf).Count() != model.Tools.Length)
        {
            yield return $"model.tools may hold the names of {ToolsMax} agents, which must differ in their first {FunctionNameLengthMax} characters ('.' counts as '_').";
        }

        if (model.Tools.Contains(agent.Name))
        {
            yield return $"Agent '{agent.Name}' cannot be a tool of its own.";
        }

        if (model.ApiKey is not null && !IsReference(model.ApiKey))
        {
            yield return "model.apiKey must say where the key is, as env:NAME or file:PATH; a key itself is never registered.";
        }
    }

    private static IEnumerable<string> TextProblems(ModelSettings model)
    {
        foreach (var (member, text) in new[] { ("system", model.System), ("prompt", model.Prompt) })
        {
            if (text is null)
            {
                continue;
            }

            if (text.Length > PromptLengthMax)
            {
                yield return $"model.{member} may have {PromptLengthMax} characters, not {text.Length}.";
            }
            else if (Templates.ProblemIn(text) is { } problem)
            {
                yield return $"model.{member} cannot be read: {problem}";
            }
        }

        if (model.OutputSchema is { } schema && JsonShape.Read(schema).Problem is { } wrong)
        {
            yield return $"model.outputSchema cannot be read: {wrong}";
        }
    }

    private static bool IsModel(string? name) => name is { Length: > 0 and <= NameLengthMax } && !name.Any(char.IsControl);
}
