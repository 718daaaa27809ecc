using System.Net;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Tests.Agents;

/// <summary>The transport under test, over the options and the resolver a test chooses.</summary>
internal sealed class HttpCalls : IDisposable
{
    public static readonly DateTimeOffset Deadline = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly OutboundHttp http;
    private readonly HttpAgentTransport transport;

    public HttpCalls(OutboundOptions? outbound = null, IHostResolver? resolver = null, AgentCallOptions? calls = null, CredentialOptions? credentials = null, AgentRegistration? declared = null)
    {
        http = new OutboundHttp(Options.Create(outbound ?? new OutboundOptions { AllowLoopback = true }), resolver ?? new SystemHostResolver());
        var secrets = Options.Create(credentials ?? new CredentialOptions());
        Clock = new LaterClock();
        transport = new HttpAgentTransport(
            http, new AgentAuthorization(new AccessTokens(http, secrets, Clock), secrets, Declared.Agents(declared is null ? [] : [declared])), Options.Create(calls ?? new AgentCallOptions()), TimeProvider.System);
    }

    /// <summary>The clock of tokens.</summary>
    public LaterClock Clock { get; }

    public ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, CancellationToken cancellationToken = default) => transport.CallAsync(
        agent, agent.Instances[0], new AgentRequest(agent.Name, "write", Payload.EmptyObject, "w1", "s1", 1, "key-1", Deadline), cancellationToken);

    public async Task<AgentAnswer> CallAsync(string endpoint, BodyShape body = BodyShape.Envelope, bool askFirst = false, CompletionOffer? offer = null, CancellationToken cancellationToken = default)
    {
        var instance = new AgentInstance(endpoint);
        return await transport.CallAsync(
            new AgentRegistration("writer", AgentKind.Http, [], [instance], Body: body),
            instance,
            new AgentRequest("writer", "write", Payload.FromTrustedUtf8("""{"topic":"tea"}"""u8.ToArray()), "w1", "s1", 2, "key-1", Deadline,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", askFirst, Completion: offer),
            cancellationToken);
    }

    public async Task<StepFailure> FailAsync(string endpoint) => (await CallAsync(endpoint)).ShouldBeOfType<AgentAnswer.Failed>().Failure;

    public void Dispose() => http.Dispose();
}

/// <summary>Names and what they resolve to, one answer after the other; the last for ever.</summary>
internal sealed class ScriptedResolver(params string[][] answers) : IHostResolver
{
    private int asked;

    public int Asked => asked;

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Task.FromResult<IPAddress[]>([.. answers[Math.Min(asked++, answers.Length - 1)].Select(IPAddress.Parse)]);
}

/// <summary>The system's clock, but so much later as the test says.</summary>
internal sealed class LaterClock : TimeProvider
{
    private TimeSpan later;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;

    public void Advance(TimeSpan by) => later += by;
}
