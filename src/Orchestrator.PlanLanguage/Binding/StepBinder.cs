using System.Collections.Immutable;
using Orchestrator.Decisions.Plans;
using Orchestrator.PlanLanguage.Documents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.PlanLanguage.Binding;

/// <summary>Makes a step of its node.</summary>
/// <param name="plan">Makes the plans inside: node, pointer, the id of one that has none.</param>
internal sealed class StepBinder(BindingProblems problems, Func<Node, string, string?, Plan?> plan)
{
    private static readonly ImmutableArray<string> OnFailureWords = ["fail", "continue", "fallback", "compensate"];

    public Step Bind(Node node, string pointer)
    {
        if (node is not MapNode map)
        {
            problems.Wrong(node, pointer, "a step: an object with id and what it does");
            return new Step("");
        }

        var fields = new FieldReader(map, pointer, PlanFields.Step, "A step", problems);
        var id = fields.RequiredText("id", "A step");
        var (onFailure, fallback) = Failing(fields, id);
        return new Step(
            id,
            fields.Text("agentId"),
            fields.Text("action"),
            fields.Value("input"),
            fields.Texts("dependencies"),
            Retry(fields),
            fields.Duration("timeout"),
            When(fields),
            ForEach(fields),
            onFailure,
            fallback,
            Compensate(fields),
            Approval(fields),
            fields.Duration("sleep"),
            fields.Text("signal"),
            map["subPlan"] is { } sub ? plan(sub, fields.At("subPlan"), id) : null,
            Priority(fields),
            fields.Word("onUnknown", ["repeat", "fail", "reconcile"]) switch
            {
                "fail" => OnUnknown.Fail,
                "reconcile" => OnUnknown.Reconcile,
                _ => OnUnknown.Repeat,
            },
            Limits(fields));
    }

    private RetryPolicy? Retry(FieldReader step)
    {
        switch (step.Map["retryPolicy"])
        {
            case null:
                return null;
            case MapNode map:
                return Policy(new FieldReader(map, step.At("retryPolicy"), PlanFields.RetryPolicy, "A retry policy", problems));
            case { } other:
                problems.Wrong(other, step.At("retryPolicy"), "a retry policy: { maxRetries, backoffMs } or { maxAttempts, backoff, … }");
                return null;
        }
    }

    private RetryPolicy Policy(FieldReader fields)
    {
        Exclude(fields, "maxRetries", "maxAttempts", "counts retries after the first attempt", "counts all attempts");
        Exclude(fields, "backoffMs", "initialInterval", "is the first pause in milliseconds", "is the first pause");
        Exclude(fields, "kind", "backoff", "says how pauses grow", "says the same");
        if (!fields.Has("maxRetries") && !fields.Has("maxAttempts"))
        {
            problems.Add(PlanProblemCodes.BadRetry, "A retry policy needs maxAttempts (all attempts) or maxRetries (those after the first).", fields.At("maxAttempts"), fields.Map.Line, fields.Map.Column);
        }

        // The two fields of the short form bring its formula with them: linear pauses.
        var shortForm = fields.Has("maxRetries") || fields.Has("backoffMs");
        var kind = fields.Word("backoff", ["fixed", "linear", "exponential"]) ?? fields.Word("kind", ["fixed", "linear", "exponential"]);
        var retries = fields.Whole("maxRetries");
        return new RetryPolicy(
            fields.Whole("maxAttempts") ?? (retries is { } n ? (n == int.MaxValue ? n : n + 1) : 1),
            kind switch { "fixed" => Backoff.Fixed, "linear" => Backoff.Linear, "exponential" => Backoff.Exponential, _ => shortForm ? Backoff.Linear : Backoff.Exponential },
            fields.Duration("backoffMs") ?? fields.Duration("initialInterval") ?? TimeSpan.FromSeconds(1),
            fields.Number("coefficient") ?? 2,
            fields.Duration("maxInterval"),
            fields.Number("jitter") ?? 0,
            fields.Texts("nonRetryable"));
    }

    private void Exclude(FieldReader fields, string first, string second, string whatFirst, string whatSecond)
    {
        if (fields.Map[first] is { } node && fields.Has(second))
        {
            problems.Add(
                PlanProblemCodes.ConflictingFields, $"'{first}' {whatFirst} and '{second}' {whatSecond}; keep one of them.", fields.At(first), node.Line, node.Column);
        }
    }

    private string? When(FieldReader fields) => fields.Map["when"] switch
    {
        BoolNode flag => flag.Value ? "true" : "false",
        _ => fields.Text("when"),
    };

    private ForEach? ForEach(FieldReader step)
    {
        var node = step.Map["forEach"];
        switch (node)
        {
            case null:
                return null;
            case ListNode or TextNode:
                return new ForEach(Items(node, step.At("forEach")));
            case MapNode map:
                var fields = new FieldReader(map, step.At("forEach"), PlanFields.ForEach, "forEach", problems);
                if (map["items"] is not { } items)
                {
                    problems.Add(PlanProblemCodes.MissingField, "forEach needs the field 'items'.", fields.At("items"), map.Line, map.Column);
                    return null;
                }

                return new ForEach(Items(items, fields.At("items")), fields.Whole("concurrency"));
            default:
                problems.Wrong(node, step.At("forEach"), "an array, an expression that gives one, or { items, concurrency }");
                return null;
        }
    }

    private Payload Items(Node node, string pointer)
    {
        if (node is not (ListNode or TextNode))
        {
            problems.Wrong(node, pointer, "an array or an expression that gives one");
        }
        else if (node is TextNode text && !(text.Value.StartsWith("${{", StringComparison.Ordinal) && text.Value.EndsWith("}}", StringComparison.Ordinal)))
        {
            problems.Add(
                PlanProblemCodes.BadForEach, $"Expected an array or one expression that gives one, found the text '{FieldReader.Shown(text.Value)}'.", pointer, node.Line, node.Column,
                "${{ " + FieldReader.Shown(text.Value) + " }}");
        }

        return node.ToPayload();
    }

    private (OnFailure OnFailure, StepFallback? Fallback) Failing(FieldReader fields, string id)
    {
        var fallback = Fallback(fields, id);
        switch (fields.Map["onFailure"])
        {
            case null:
                // Who names a fallback means it.
                return (fallback is null ? OnFailure.Fail : OnFailure.Fallback, fallback);
            case MapNode map:
                var inside = new FieldReader(map, fields.At("onFailure"), PlanFields.OnFailure, "onFailure", problems);
                var named = inside.Text("agent");
                var instead = map["plan"] is { } node ? plan(node, inside.At("plan"), id + "-fallback") : null;
                if ((named is not null || instead is not null) && fields.Has("fallback"))
                {
                    problems.Add(PlanProblemCodes.ConflictingFields, "The fallback is named in 'onFailure' and in 'fallback'; keep one of them.", inside.Pointer, map.Line, map.Column);
                }

                fallback ??= named is null && instead is null ? null : new StepFallback(named, null, instead);
                var kind = inside.Word("kind", OnFailureWords);
                return (kind is null && fallback is not null ? OnFailure.Fallback : OnFailureOf(kind), fallback);
            case { } word:
                return (OnFailureOf(fields.Word(word, fields.At("onFailure"), OnFailureWords)), fallback);
        }
    }

    private static OnFailure OnFailureOf(string? word) => word switch
    {
        "continue" => OnFailure.Continue,
        "fallback" => OnFailure.Fallback,
        "compensate" => OnFailure.Compensate,
        _ => OnFailure.Fail,
    };

    private StepFallback? Fallback(FieldReader step, string id)
    {
        switch (step.Map["fallback"])
        {
            case null:
                return null;
            case TextNode agent:
                return new StepFallback(agent.Value);
            case MapNode map:
                var fields = new FieldReader(map, step.At("fallback"), PlanFields.Fallback, "A fallback", problems);
                return new StepFallback(
                    fields.Text("agentId"), fields.Text("action"), map["plan"] is { } node ? plan(node, fields.At("plan"), id + "-fallback") : null);
            case { } other:
                problems.Wrong(other, step.At("fallback"), "the id of an agent, or { agentId, action }, or { plan }");
                return null;
        }
    }

    private Compensation? Compensate(FieldReader step)
    {
        switch (step.Map["compensate"])
        {
            case null:
                return null;
            case TextNode action:
                return new Compensation(null, action.Value);
            case MapNode map:
                var fields = new FieldReader(map, step.At("compensate"), PlanFields.Compensation, "compensate", problems);
                return new Compensation(fields.Text("agentId"), fields.RequiredText("action", "compensate"), fields.Value("input"), Retry(fields));
            case { } other:
                problems.Wrong(other, step.At("compensate"), "an action, or { agentId, action, input, retryPolicy }");
                return null;
        }
    }

    private ApprovalRequest? Approval(FieldReader step)
    {
        switch (step.Map["approval"])
        {
            case null:
                return null;
            case TextNode prompt:
                return new ApprovalRequest(prompt.Value);
            case MapNode map:
                var fields = new FieldReader(map, step.At("approval"), PlanFields.Approval, "An approval", problems);
                return new ApprovalRequest(
                    fields.RequiredText("prompt", "An approval"),
                    fields.Texts("approvers"),
                    fields.Duration("expires"),
                    fields.Whole("quorum"),
                    fields.Whole("rejections"),
                    fields.Word("onExpiry", ["fail", "reject", "approve", "escalate"]) switch
                    {
                        "fail" => OnExpiry.Fail,
                        "reject" => OnExpiry.Reject,
                        "approve" => OnExpiry.Approve,
                        "escalate" => OnExpiry.Escalate,
                        _ => null,
                    },
                    Escalation(fields));
            case { } other:
                problems.Wrong(other, step.At("approval"), "the question as a text, or { prompt, approvers, quorum, expires, … }");
                return null;
        }
    }

    private Escalation? Escalation(FieldReader approval)
    {
        switch (approval.Map["escalate"])
        {
            case null:
                return null;
            case MapNode map:
                var fields = new FieldReader(map, approval.At("escalate"), PlanFields.Escalation, "An escalation", problems);
                return new Escalation(fields.Texts("to"), fields.Duration("after"));
            case { } other:
                problems.Wrong(other, approval.At("escalate"), "{ to, after }");
                return null;
        }
    }

    private ImmutableArray<StepLimit> Limits(FieldReader step)
    {
        switch (step.Map["limits"])
        {
            case null:
                return default;
            case ListNode list:
                var limits = list.Items.Select((item, index) => Limit(item, $"{step.At("limits")}/{index}")).ToImmutableArray();
                return limits.IsEmpty ? default : limits;
            case { } other:
                problems.Wrong(other, step.At("limits"), "an array of names of limits, or of { name, key, tokens }");
                return default;
        }
    }

    private StepLimit Limit(Node node, string pointer)
    {
        switch (node)
        {
            case TextNode name:
                return new StepLimit(name.Value);
            case MapNode map:
                var fields = new FieldReader(map, pointer, PlanFields.Limit, "A limit", problems);
                return new StepLimit(fields.RequiredText("name", "A limit"), fields.Text("key"), fields.Whole("tokens"));
            default:
                problems.Wrong(node, pointer, "the name of a limit, or { name, key, tokens }");
                return new StepLimit("");
        }
    }

    private int? Priority(FieldReader fields) => fields.Map["priority"] switch
    {
        TextNode => fields.Word("priority", PlanFields.PriorityWords) is { } word ? PlanFields.PriorityWords.IndexOf(word) + 1 : null,
        _ => fields.Whole("priority"),
    };
}
