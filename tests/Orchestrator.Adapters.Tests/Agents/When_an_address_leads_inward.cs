using System.Net;
using System.Net.Sockets;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_an_address_leads_inward
{
    private static readonly OutboundOptions Closed = new();

    /// <summary>Spellings of this machine; {0} is the canary's port.</summary>
    public static TheoryData<string> Spellings =>
    [
        "http://127.0.0.1:{0}/", "http://127.1:{0}/", "http://127.0.1:{0}/", "http://0x7f000001:{0}/", "http://0x7f.0.0.1:{0}/", "http://0x7f.1:{0}/",
        "http://2130706433:{0}/", "http://017700000001:{0}/", "http://0177.0.0.1:{0}/", "http://0177.1:{0}/", "http://127.255.255.254:{0}/",
        "http://0:{0}/", "http://0.0.0.0:{0}/", "http://00.0.0.0:{0}/", "http://localhost:{0}/", "http://LOCALHOST:{0}/", "http://localhost.:{0}/",
        "http://127.0.0.1.:{0}/", "http://[::1]:{0}/", "http://[0:0:0:0:0:0:0:1]:{0}/", "http://[::]:{0}/", "http://[::ffff:127.0.0.1]:{0}/",
        "http://[::ffff:7f00:1]:{0}/", "http://[0:0:0:0:0:ffff:127.0.0.1]:{0}/", "http://[::127.0.0.1]:{0}/", "http://[::7f00:1]:{0}/",
        "http://[64:ff9b::127.0.0.1]:{0}/", "http://[64:ff9b::7f00:1]:{0}/", "http://[64:ff9b:1::7f00:1]:{0}/", "http://[2002:7f00:1::]:{0}/",
        "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{0}/", "http://[fe80::1]:{0}/", "http://[fe80::5efe:127.0.0.1]:{0}/", "http://[::1%25lo]:{0}/",
        "http://①②⑦.⓪.⓪.①:{0}/", "http://１２７.０.０.１:{0}/", "http://127。0。0。1:{0}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{0}/", "http://%6c%6f%63%61%6c%68%6f%73%74:{0}/",
        "http://user@127.0.0.1:{0}/", "http://user:pw@127.0.0.1:{0}/", "http://example.com@127.0.0.1:{0}/", "http://127.0.0.1:{0}#@example.com/",
        "http://127.0.0.1:{0}/?x=@example.com", "http://example.com\\@127.0.0.1:{0}/", "https://127.0.0.1:{0}/", "ftp://127.0.0.1:{0}/", "gopher://127.0.0.1:{0}/",
        "ws://127.0.0.1:{0}/", "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "dict://127.0.0.1:{0}/", "//127.0.0.1:{0}/", "127.0.0.1:{0}", "http:127.0.0.1:{0}",
        "http:///127.0.0.1:{0}/", "http:\\\\127.0.0.1:{0}\\", " http://127.0.0.1:{0}/", "http://127.0.0.1:{0}/\r\nX: y", "http://127.0.0.1%00.example.com:{0}/",
        "javascript:alert(1)", "data:text/plain,x", "unix:/var/run/docker.sock", "http+unix://x/",
    ];

    [Theory, MemberData(nameof(Spellings))]
    public async Task however_it_is_spelt_nothing_arrives(string spelling)
    {
        using var canary = new Canary();
        using var calls = new HttpCalls(Closed);
        var answer = await calls.CallAsync(spelling.Replace("{0}", canary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        answer.ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBeOneOf(AgentFailures.AddressRefused, AgentFailures.Unreachable);
        canary.Hits.ShouldBe(0);
    }

    [Theory]
    [InlineData("0.0.0.1"), InlineData("10.0.0.1"), InlineData("10.255.255.255"), InlineData("100.64.0.1"), InlineData("100.127.255.255")]
    [InlineData("127.0.0.1"), InlineData("127.255.255.255"), InlineData("169.254.169.254"), InlineData("169.254.0.1"), InlineData("172.16.0.1")]
    [InlineData("172.31.255.255"), InlineData("192.0.0.192"), InlineData("192.168.1.1"), InlineData("198.18.0.1"), InlineData("168.63.129.16")]
    [InlineData("224.0.0.1"), InlineData("239.255.255.255"), InlineData("240.0.0.1"), InlineData("255.255.255.255"), InlineData("192.0.2.1")]
    [InlineData("100.100.100.200"), InlineData("::"), InlineData("::1"), InlineData("fc00::1"), InlineData("fd00:ec2::254"), InlineData("fe80::1%1")]
    [InlineData("febf::1"), InlineData("fec0::1"), InlineData("ff02::1"), InlineData("::ffff:10.0.0.1"), InlineData("::ffff:169.254.169.254")]
    [InlineData("::10.0.0.1"), InlineData("64:ff9b::a00:1"), InlineData("64:ff9b::169.254.169.254"), InlineData("2002:a00:1::1"), InlineData("2001:db8::1")]
    [InlineData("2001::1"), InlineData("2606:4700::5efe:a00:1"), InlineData("2606:4700::200:5efe:a00:1"), InlineData("::ffff:0:a00:1")]
    public void an_address_of_this_machine_or_a_private_network_or_no_one_is_refused(string address)
    {
        var guard = new AddressGuard(Closed);
        guard.Allows(IPAddress.Parse(address)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1.1.1.1"), InlineData("9.255.255.255"), InlineData("11.0.0.0"), InlineData("100.63.255.255"), InlineData("100.128.0.0")]
    [InlineData("172.15.255.255"), InlineData("172.32.0.0"), InlineData("192.167.255.255"), InlineData("192.169.0.0"), InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111"), InlineData("2a00:1450::1"), InlineData("::ffff:1.1.1.1")]
    public void its_public_neighbours_are_allowed(string address) => new AddressGuard(Closed).Allows(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("10.1.2.3", true), InlineData("::ffff:10.1.2.3", true), InlineData("10.2.0.0", false), InlineData("fd12::7", true), InlineData("127.0.0.1", false)]
    public void a_network_that_is_allowed_is_allowed_and_no_other(string address, bool allowed) =>
        new AddressGuard(new OutboundOptions { AllowedNetworks = ["10.1.0.0/16", "fd12::/16"] }).Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public void loopback_allowed_allows_nothing_else()
    {
        var guard = new AddressGuard(new OutboundOptions { AllowLoopback = true });
        new[] { "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1" }.ShouldAllBe(address => guard.Allows(IPAddress.Parse(address)));
        new[] { "10.0.0.1", "0.0.0.0", "::", "169.254.169.254", "64:ff9b::7f00:1" }.ShouldAllBe(address => !guard.Allows(IPAddress.Parse(address)));
    }

    [Fact]
    public async Task a_name_that_points_inward_at_the_second_look_is_looked_at_the_second_time_too()
    {
        // The first answer is a network that is allowed and stands for a public one; the second is this machine, which is not.
        using var canary = new Canary();
        await using var outside = await StubAgent.StartAsync(context =>
        {
            context.Response.Headers.Connection = "close";
            return context.Response.Body.WriteAsync("{}"u8.ToArray()).AsTask();
        }, "127.0.0.2");
        var resolver = new ScriptedResolver(["127.0.0.2"], ["127.0.0.1"]);
        using var calls = new HttpCalls(new OutboundOptions { AllowedNetworks = ["127.0.0.2/32"] }, resolver);

        (await calls.CallAsync($"http://rebind.example:{outside.Address.Port}/")).ShouldBeOfType<AgentAnswer.Completed>();
        resolver.Asked.ShouldBe(1, "what was judged is what was connected to");
        (await calls.FailAsync($"http://rebind.example:{outside.Address.Port}/")).Code.ShouldBe(AgentFailures.AddressRefused);
        (await calls.FailAsync($"http://rebind.example:{canary.Port}/")).Code.ShouldBe(AgentFailures.AddressRefused);
        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task a_name_with_one_address_inward_is_not_trusted_with_the_others()
    {
        await using var outside = await StubAgent.AnswerAsync(200);
        using var calls = new HttpCalls(new OutboundOptions { AllowedNetworks = ["127.0.0.1/32"] }, new ScriptedResolver(["127.0.0.1", "10.0.0.1"]));
        var failure = await calls.FailAsync($"http://both.example:{outside.Address.Port}/");
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.AddressRefused, false));
        outside.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task a_redirect_inward_is_not_followed()
    {
        using var canary = new Canary();
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            await using var agent = await StubAgent.StartAsync(context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = $"http://127.0.0.1:{canary.Port}/";
                return Task.CompletedTask;
            });
            using var calls = new HttpCalls();
            (await calls.FailAsync(agent.Address.ToString())).Code.ShouldBe(AgentFailures.BadAnswer);
        }

        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task a_proxy_in_the_environment_is_not_used()
    {
        using var canary = new Canary();
        var before = Environment.GetEnvironmentVariable("HTTP_PROXY");
        Environment.SetEnvironmentVariable("HTTP_PROXY", $"http://127.0.0.1:{canary.Port}");
        try
        {
            await using var agent = await StubAgent.AnswerAsync(200);
            using var calls = new HttpCalls();
            (await calls.CallAsync(agent.Address.ToString())).ShouldBeOfType<AgentAnswer.Completed>();
        }
        finally
        {
            Environment.SetEnvironmentVariable("HTTP_PROXY", before);
        }

        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public void a_network_that_is_none_is_refused_when_the_process_starts() =>
        new OutboundOptions { AllowedNetworks = ["10.0.0.0/33", "nonsense", "10.0.0.0/8"] }.Validate(new(Closed)).Count().ShouldBe(2);

    /// <summary>Listens on every address of this machine and hopes that nobody comes.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly TcpListener listener = TcpListener.Create(0);

        public Canary() => listener.Start();

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        /// <summary>A connection made by anyone waits here, because nobody takes it.</summary>
        public int Hits => listener.Pending() ? 1 : 0;

        public void Dispose() => listener.Dispose();
    }
}
