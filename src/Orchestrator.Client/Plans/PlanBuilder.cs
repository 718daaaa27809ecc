using System.Linq.Expressions;
using System.Text.Json.Nodes;

namespace Orchestrator.Client.Plans;

/// <summary>Takes down the steps of a plan. What a step is given is an expression; the outputs it uses say what it waits for.</summary>
public sealed class PlanBuilder<TInput>
{
    private readonly JsonArray steps = [];

    internal PlanBuilder()
    {
    }

    /// <summary>Stands for the plan's input in expressions.</summary>
    /// <exception cref="InvalidOperationException">Always: the expression is read, never run.</exception>
    public TInput Input => throw PlanReference.Misused("The input of the plan");

    internal JsonArray Steps => steps;

    /// <summary>Has an agent do something.</summary>
    public PlanStep<TOut> Step<TIn, TOut>(string id, AgentAction<TIn, TOut> action, Expression<Func<TIn>> input, StepOptions? options = null)
    {
        var text = new TemplateText($"Step '{id}'");
        return Add<TOut>(id, Call(action, text.Write(input.Body)), text, options);
    }

    /// <summary>Has an agent do something for each of several items, side by side. The outputs come in their order.</summary>
    /// <param name="concurrency">How many at the same time; null for all.</param>
    public PlanStep<IReadOnlyList<TOut>> ForEach<TItem, TIn, TOut>(
        string id, Expression<Func<IEnumerable<TItem>>> items, AgentAction<TIn, TOut> action, Expression<Func<TItem, TIn>> input, int? concurrency = null, StepOptions? options = null)
    {
        var text = new TemplateText($"Step '{id}'");
        var step = Call(action, text.Write(input.Body));
        step["forEach"] = new JsonObject { ["items"] = text.WritePath(items.Body) };
        if (concurrency is { } most)
        {
            step["forEach"]!["concurrency"] = most;
        }

        return Add<IReadOnlyList<TOut>>(id, step, text, options);
    }

    /// <summary>Waits until a person has decided. A refusal fails the plan.</summary>
    /// <param name="approvers">Who may; without any, everyone.</param>
    public PlanStep<Decision> Approval(string id, string prompt, IEnumerable<string>? approvers = null, TimeSpan? expires = null, StepOptions? options = null)
    {
        var approval = new JsonObject { ["prompt"] = TemplateText.Escaped(prompt) };
        if (approvers is not null)
        {
            approval["approvers"] = new JsonArray([.. approvers.Select(name => JsonValue.Create(name))]);
        }

        if (expires is { } limit)
        {
            approval["expires"] = (long)limit.TotalMilliseconds;
        }

        return Add<Decision>(id, new() { ["approval"] = approval }, null, options);
    }

    /// <summary>Waits for the message of a name, and gives its content.</summary>
    public PlanStep<TMessage> Signal<TMessage>(string id, string name, StepOptions? options = null) => Add<TMessage>(id, new() { ["signal"] = name }, null, options);

    /// <summary>Waits for a time; meanwhile the workflow takes no memory.</summary>
    public PlanStep<object?> Sleep(string id, TimeSpan time, StepOptions? options = null) => Add<object?>(id, new() { ["sleep"] = (long)time.TotalMilliseconds }, null, options);

    private static JsonObject Call<TIn, TOut>(AgentAction<TIn, TOut> action, JsonNode? input)
    {
        var step = new JsonObject { ["action"] = action.Action, ["input"] = input };
        if (action.Agent is { } agent)
        {
            step["agentId"] = agent;
        }

        return step;
    }

    private PlanStep<TOut> Add<TOut>(string id, JsonObject step, TemplateText? text, StepOptions? options)
    {
        options ??= new();
        step["id"] = id;
        var dependencies = (text?.Steps ?? []).Concat(options.After.Select(other => other.Id)).Distinct(StringComparer.Ordinal).ToList();
        if (dependencies.Count > 0)
        {
            step["dependencies"] = new JsonArray([.. dependencies.Select(name => JsonValue.Create(name))]);
        }

        if (options.Timeout is { } timeout)
        {
            step["timeout"] = (long)timeout.TotalMilliseconds;
        }

        if (options.Attempts > 1)
        {
            step["retryPolicy"] = new JsonObject { ["maxAttempts"] = options.Attempts, ["initialInterval"] = (long)options.RetryInterval.TotalMilliseconds };
        }

        if (options.FallbackAgent is { } fallback)
        {
            step["fallback"] = fallback;
        }
        else if (options.ContinueOnFailure)
        {
            step["onFailure"] = "continue";
        }

        if (options.Priority is { } priority)
        {
            step["priority"] = priority;
        }

        steps.Add(step);
        return new(id);
    }
}
