using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.InProcess;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Decisions.Schemas;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Calls agents that are language models. One attempt is one question with one answer.</summary>
/// <remarks>
/// Getting that answer may take several requests, all within the attempt's time and counted in its usage: one for each model of the chain, one after
/// each round of tools, and one to mend an answer that is not of the schema. None of them is a retry: an attempt that fails is tried again by the step's policy alone.
/// </remarks>
public sealed class ModelAgentTransport(
    OutboundHttp http, IAgentCalls calls, ModelKeys keys, IOptions<ModelOptions> options, IOptions<AgentCallOptions> callOptions, TimeProvider clock) : IAgentTransport
{
    public AgentKind Kind => AgentKind.Llm;

    public async ValueTask<AgentAnswer> CallAsync(
        AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
    {
        if (agent.Model is not { } model || !Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var endpoint))
        {
            return AgentAnswer.Fail(AgentFailures.AddressRefused, $"Agent '{agent.Name}' has no model, or '{instance.Endpoint}' is no absolute address.");
        }

        var (key, refused) = keys.For(agent, endpoint);
        if (refused is not null)
        {
            return new AgentAnswer.Failed(refused);
        }

        var (system, wrong) = PromptText.System(model, request);
        var (user, wrongToo) = PromptText.User(model, request);
        if ((wrong ?? wrongToo) is { } problem)
        {
            return AgentAnswer.Fail(AgentFailures.Rejected, $"The prompt of agent '{agent.Name}' cannot be made from this input: {problem}");
        }

        using var client = new OpenAiChatClient(http, endpoint, key, Limits(model, request), clock);
        var conversation = new Conversation(agent, model, new ModelChain(client, model), callOptions.Value.AnswerBytesMax);
        conversation.Begin(system, user!);
        try
        {
            var tools = await ToolsAsync(model, request, cancellationToken);
            return await conversation.RunAsync(tools, cancellationToken) with { Usage = conversation.Usage };
        }
        catch (ModelCallException exception)
        {
            var failure = exception.Failure with { Message = $"Agent '{agent.Name}': {exception.Failure.Message}" };
            return new AgentAnswer.Failed(failure) { Usage = conversation.Usage };
        }
    }

    private async Task<AgentTools?> ToolsAsync(ModelSettings model, AgentRequest request, CancellationToken cancellationToken)
    {
        if (model.Tools.IsDefaultOrEmpty || request.Depth >= model.ToolDepthMax)
        {
            return null;
        }

        var agents = await calls.FindAsync(model.Tools, cancellationToken);
        return agents.IsEmpty ? null : new AgentTools(agents, request, calls, options.Value.ToolAnswerLengthMax);
    }

    private ChatLimits Limits(ModelSettings model, AgentRequest request)
    {
        var headers = ImmutableArray.CreateBuilder<(string, string)>();
        headers.Add(("Idempotency-Key", request.IdempotencyKey));
        if (request.TraceParent is { } trace)
        {
            headers.Add(("traceparent", trace));
        }

        var value = options.Value;
        return new ChatLimits(
            model.RequestTimeout ?? value.RequestTimeout, value.SilenceMax, value.ResponseBytesMax, value.PromptBytesMax, callOptions.Value.RetryAfterMax, headers.ToImmutable());
    }

    /// <summary>One attempt's exchange with its models.</summary>
    private sealed class Conversation(AgentRegistration agent, ModelSettings model, ModelChain chain, int answerBytesMax)
    {
        private readonly List<ChatMessage> messages = [];
        private readonly JsonShape? shape = model.OutputSchema is { } schema ? JsonShape.Read(schema).Shape : null;

        public CallUsage? Usage => chain.Usage;

        public void Begin(string? system, string user)
        {
            if (system is not null)
            {
                messages.Add(new ChatMessage(ChatRole.System, system));
            }

            messages.Add(new ChatMessage(ChatRole.User, user));
        }

        public async Task<AgentAnswer> RunAsync(AgentTools? tools, CancellationToken cancellationToken)
        {
            var options = new ChatOptions
            {
                Temperature = (float?)model.Temperature,
                MaxOutputTokens = model.TokensMax,
                Tools = tools?.Declarations,
                ResponseFormat = shape is null ? null : ChatResponseFormat.ForJsonSchema(shape.Element, "output"),
            };
            var response = await AskWithToolsAsync(tools, options, cancellationToken);
            if (shape is null)
            {
                return Answer(response) ?? Bounded(Payload.From(new { text = response.Text, model = response.ModelId ?? options.ModelId }));
            }

            if (Answer(response) is { } failed)
            {
                return failed;
            }

            var (output, problem) = Read(response.Text);
            if (problem is null)
            {
                return Bounded(output);
            }

            // Once, because a model that cannot mend its answer when told what is wrong with it seldom can later.
            messages.Add(new ChatMessage(ChatRole.Assistant, PromptText.Disarm(response.Text)));
            messages.Add(new ChatMessage(ChatRole.User, PromptText.Disarm($"That is not what was asked for. {problem} Answer again, with the JSON value alone.")));
            options.Tools = null;
            response = await chain.AskAsync(messages, options, cancellationToken);
            if (Answer(response) is { } failedAgain)
            {
                return failedAgain;
            }

            (output, problem) = Read(response.Text);
            return problem is null
                ? Bounded(output)
                : AgentAnswer.Fail(AgentFailures.BadAnswer, $"Agent '{agent.Name}' answered twice with what is not of its schema. {problem}");
        }

        private async Task<ChatResponse> AskWithToolsAsync(AgentTools? tools, ChatOptions options, CancellationToken cancellationToken)
        {
            for (var made = 0; ;)
            {
                var response = await chain.AskAsync(messages, options, cancellationToken);
                var asked = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
                if (asked.Count == 0)
                {
                    return response;
                }

                if (tools is null || options.ToolMode is NoneChatToolMode)
                {
                    throw new ModelCallException(new StepFailure(
                        AgentFailures.BadAnswer, tools is null ? "The model called a tool, and it has none." : $"The model goes on calling tools after {made} calls, which is as many as it may make.", Retryable: true), anotherMayHelp: false);
                }

                messages.Add(new ChatMessage(ChatRole.Assistant, [new TextContent(response.Text), .. asked]));
                foreach (var call in asked)
                {
                    var (shown, usage) = made < model.ToolCallsMax ? await tools.CallAsync(call, cancellationToken) : ("No more tools may be called. Answer with what you have.", null);
                    made++;
                    chain.Add(usage);
                    messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, PromptText.Disarm(shown))]));
                }

                if (made >= model.ToolCallsMax)
                {
                    options.ToolMode = ChatToolMode.None;
                }
            }
        }

        /// <summary>Why an answer is none; null when it is one.</summary>
        private AgentAnswer? Answer(ChatResponse response) => response.FinishReason?.Value switch
        {
            "length" => AgentAnswer.Fail(
                AgentFailures.BadAnswer, $"Agent '{agent.Name}' was cut off after {response.Usage?.OutputTokenCount ?? model.TokensMax} tokens. Raise model.tokensMax, or ask for less."),
            "content_filter" => AgentAnswer.Fail(AgentFailures.Rejected, $"The endpoint of agent '{agent.Name}' withheld the answer (content_filter)."),
            _ => null,
        };

        private (Payload Output, string? Problem) Read(string text)
        {
            if (!Payload.TryParse(Encoding.UTF8.GetBytes(WithoutFence(text)), out var output, out var problem))
            {
                return (default, $"It is not JSON: {problem}");
            }

            using var document = output.Parse();
            var problems = shape!.ProblemsOf(document.RootElement);
            return problems.IsEmpty ? (Payload.FromElement(document.RootElement), null) : (default, string.Join(" ", problems));
        }

        // Many models put JSON into a block of Markdown, whatever they are told.
        private static string WithoutFence(string text)
        {
            var trimmed = text.Trim();
            if (!trimmed.StartsWith("```", StringComparison.Ordinal) || !trimmed.EndsWith("```", StringComparison.Ordinal) || trimmed.Length < 6)
            {
                return trimmed;
            }

            var inner = trimmed[3..^3];
            var line = inner.IndexOf('\n', StringComparison.Ordinal);
            return line >= 0 && inner.AsSpan(0, line).Trim() is "json" or "JSON" or "" ? inner[(line + 1)..].Trim() : inner.Trim();
        }

        private AgentAnswer Bounded(Payload output) => output.Length <= answerBytesMax
            ? AgentAnswer.Ok(output)
            : AgentAnswer.Fail(AgentFailures.AnswerTooLarge, InProcessAgentTransport.TooLarge(agent.Name, answerBytesMax, output.Length));
    }
}
