using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Tests.Models;

/// <summary>The transport under test, with the agents, the options and the clock that a test chooses.</summary>
internal sealed class ModelCalls : IDisposable
{
    private readonly OutboundHttp http;
    private readonly ModelAgentTransport transport;

    public ModelCalls(ModelOptions? options = null, TimeProvider? clock = null, OutboundOptions? outbound = null, IAgentCalls? agents = null, params AgentRegistration[] declared)
    {
        var models = Options.Create(options ?? new ModelOptions());
        http = new OutboundHttp(Options.Create(outbound ?? new OutboundOptions { AllowLoopback = true }), new SystemHostResolver());
        transport = new ModelAgentTransport(
            http, agents ?? new ScriptedAgents(), new ModelKeys(models, Declared.Agents(declared)), models, Options.Create(new AgentCallOptions()), clock ?? TimeProvider.System);
    }

    public static ModelSettings Small { get; } = new("small");

    public static AgentRegistration Writer(string endpoint, ModelSettings? model = null) =>
        AgentRules.Complete(new("writer", AgentKind.Llm, ["write"], [new(endpoint)], Model: model ?? Small));

    public async Task<AgentAnswer> AskAsync(AgentRegistration agent, string input = """{"topic":"tea"}""", int depth = 0, CancellationToken cancellationToken = default) =>
        await transport.CallAsync(
            agent, agent.Instances[0],
            new AgentRequest(agent.Name, "write", Json(input), "w1", "s1", 1, "key-1", null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Depth: depth),
            cancellationToken);

    public Task<AgentAnswer> AskAsync(StubModel stub, ModelSettings? model = null, string input = """{"topic":"tea"}""", int depth = 0, CancellationToken cancellationToken = default) =>
        AskAsync(Writer(stub.Endpoint, model), input, depth, cancellationToken);

    public async Task<string> AnswerAsync(StubModel stub, ModelSettings? model = null, string input = """{"topic":"tea"}""", int depth = 0)
    {
        var answer = await AskAsync(stub, model, input, depth);
        return answer.ShouldBeOfType<AgentAnswer.Completed>(answer.ToString()).Output.ToString();
    }

    public async Task<StepFailure> FailAsync(StubModel stub, ModelSettings? model = null, string input = """{"topic":"tea"}""", int depth = 0) =>
        (await AskAsync(stub, model, input, depth)).ShouldBeOfType<AgentAnswer.Failed>().Failure;

    public static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));

    public void Dispose() => http.Dispose();
}

/// <summary>Other agents as a test has them: what they are, what they answer, and what they were asked.</summary>
internal sealed class ScriptedAgents(params AgentRegistration[] agents) : IAgentCalls
{
    public List<string> Asked { get; } = [];

    public Func<string, Payload, AgentAnswer> Answer { get; set; } = (_, input) => AgentAnswer.Ok(input);

    public Task<ImmutableArray<AgentRegistration>> FindAsync(ImmutableArray<string> names, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<AgentRegistration>>([.. agents.Where(agent => names.Contains(agent.Name))]);

    public Task<AgentAnswer> CallAsync(AgentRequest on, string agent, string action, Payload input, CancellationToken cancellationToken)
    {
        Asked.Add($"{agent} {action} {input}");
        return Task.FromResult(Answer(agent, input));
    }
}
