using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.PlanLanguage;

/// <summary>Writes plans in their one canonical form.</summary>
internal static class PlanWriter
{
    public static Payload Write(Plan plan)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Write(plan, writer);
        writer.Flush();
        return Payload.FromTrustedUtf8(output.WrittenMemory.ToArray());
    }

    private static void Write(Plan plan, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", plan.Id);
        Text(writer, "description", plan.Description);
        if (plan.Mode == PlanMode.Sequential)
        {
            writer.WriteString("mode", "sequential");
        }

        Duration(writer, "timeout", plan.Timeout);
        if (!plan.Inputs.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("inputs");
            foreach (var input in plan.Inputs)
            {
                Write(input, writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartArray("steps");
        foreach (var step in plan.Steps.IsDefault ? [] : plan.Steps)
        {
            Write(step, writer);
        }

        writer.WriteEndArray();
        Value(writer, "output", plan.Output);
        Inside(writer, "fallbackPlan", plan.FallbackPlan);
        writer.WriteEndObject();
    }

    private static void Write(PlanInput input, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", input.Name);
        Text(writer, "description", input.Description);
        if (input.Required)
        {
            writer.WriteBoolean("required", true);
        }

        Value(writer, "default", input.Default);
        writer.WriteEndObject();
    }

    private static void Write(Step step, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", step.Id);
        Text(writer, "agentId", step.AgentId);
        Text(writer, "action", step.Action);
        Value(writer, "input", step.Input);
        Texts(writer, "dependencies", step.Dependencies);
        Retry(writer, step.Retry);
        Duration(writer, "timeout", step.Timeout);
        Text(writer, "when", step.When);
        if (step.ForEach is { } forEach)
        {
            writer.WriteStartObject("forEach");
            Value(writer, "items", forEach.Items);
            Number(writer, "concurrency", forEach.Concurrency);
            writer.WriteEndObject();
        }

        if (step.OnFailure != OnFailure.Fail)
        {
            writer.WriteString("onFailure", JsonNamingPolicy.SnakeCaseLower.ConvertName(step.OnFailure.ToString()));
        }

        if (step.Fallback is { } fallback)
        {
            writer.WriteStartObject("fallback");
            Text(writer, "agentId", fallback.AgentId);
            Text(writer, "action", fallback.Action);
            Inside(writer, "plan", fallback.Plan);
            writer.WriteEndObject();
        }

        if (step.Compensate is { } undo)
        {
            writer.WriteStartObject("compensate");
            Text(writer, "agentId", undo.AgentId);
            Text(writer, "action", undo.Action);
            Value(writer, "input", undo.Input);
            Retry(writer, undo.Retry);
            writer.WriteEndObject();
        }

        if (step.Approval is { } approval)
        {
            writer.WriteStartObject("approval");
            Text(writer, "prompt", approval.Prompt);
            Texts(writer, "approvers", approval.Approvers);
            Number(writer, "quorum", approval.Quorum);
            Number(writer, "rejections", approval.Rejections);
            Duration(writer, "expires", approval.Expires);
            Text(writer, "onExpiry", approval.OnExpiry switch
            {
                OnExpiry.Fail => "fail",
                OnExpiry.Reject => "reject",
                OnExpiry.Approve => "approve",
                OnExpiry.Escalate => "escalate",
                _ => null,
            });
            if (approval.Escalate is { } escalation)
            {
                writer.WriteStartObject("escalate");
                Texts(writer, "to", escalation.To);
                Duration(writer, "after", escalation.After);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        Duration(writer, "sleep", step.Sleep);
        Text(writer, "signal", step.Signal);
        Inside(writer, "subPlan", step.SubPlan);
        Number(writer, "priority", step.Priority);
        if (step.OnUnknown != OnUnknown.Repeat)
        {
            writer.WriteString("onUnknown", step.OnUnknown == OnUnknown.Fail ? "fail" : "reconcile");
        }

        if (!step.Limits.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("limits");
            foreach (var limit in step.Limits)
            {
                writer.WriteStartObject();
                writer.WriteString("name", limit.Name);
                Text(writer, "key", limit.Key);
                Number(writer, "tokens", limit.Tokens);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Retry(Utf8JsonWriter writer, RetryPolicy? retry)
    {
        if (retry is null)
        {
            return;
        }

        writer.WriteStartObject("retryPolicy");
        writer.WriteNumber("maxAttempts", retry.MaxAttempts);
        writer.WriteString("backoff", JsonNamingPolicy.SnakeCaseLower.ConvertName(retry.Backoff.ToString()));
        Duration(writer, "initialInterval", retry.InitialInterval);
        if (retry.Coefficient != 2)
        {
            writer.WriteNumber("coefficient", retry.Coefficient);
        }

        Duration(writer, "maxInterval", retry.MaxInterval);
        if (retry.Jitter != 0)
        {
            writer.WriteNumber("jitter", retry.Jitter);
        }

        Texts(writer, "nonRetryable", retry.NonRetryable);
        writer.WriteEndObject();
    }

    private static void Inside(Utf8JsonWriter writer, string name, Plan? plan)
    {
        if (plan is not null)
        {
            writer.WritePropertyName(name);
            Write(plan, writer);
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void Texts(Utf8JsonWriter writer, string name, ImmutableArray<string> texts)
    {
        if (texts.IsDefaultOrEmpty)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void Duration(Utf8JsonWriter writer, string name, TimeSpan? duration)
    {
        if (duration is { } value)
        {
            writer.WriteNumber(name, (long)value.TotalMilliseconds);
        }
    }

    private static void Value(Utf8JsonWriter writer, string name, Payload? value)
    {
        if (value is { } payload)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
        }
    }
}
