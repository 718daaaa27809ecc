using System.Net.Http.Headers;
using System.Text;
using NSubstitute;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tests;

/// <summary>Whatever the bytes, the answer is one of ours. A failure names its seed.</summary>
public sealed class When_bodies_are_mutilated(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int BodiesPerSeed = 1_500;

    private static readonly string[] Whole =
    [
        Plans.Start(Plans.Middle, """
            "input": {"text": "naïve \ud83d\ude00 \"quoted\"", "list": [1, -2.5e10, null, true, {"deep": [[[]]]}]}, "priority": "high", "tags": {"team": "docs"}, "callbackUrl": "https://example.com/x"
            """),
        Plans.Start(Plans.Failing),
        """{"plan": "id: p\nsteps:\n  - {id: a, signal: go}\n", "id": "mine"}""",
        """{"planName": "greet", "planVersion": 3}""",
    ];

    private static readonly byte[][] Splinters =
    [
        [.. "\\ud800"u8], [.. "1e999"u8], [0xFF], [0xC0, 0x80], [0xEF, 0xBB, 0xBF], [0], [.. "\"\":"u8], [.. "{\"a\":1,\"a\":2}"u8], [.. "]]]]"u8], [.. "[[[["u8], [.. "${{ "u8], [.. "&a *a"u8],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task none_is_answered_500(int seed)
    {
        var workflow = Substitute.For<IWorkflowGrain>();
        workflow.StartAsync(default!, default).ReturnsForAnyArgs(new StartReply(new WorkflowId("w"), DateTimeOffset.UnixEpoch));
        shared.Server.Grains.GetGrain<IWorkflowGrain>(Arg.Any<string>()).Returns(workflow);
        var chance = new Random(seed);
        var taken = 0;
        for (var i = 0; i < BodiesPerSeed; i++)
        {
            var body = Mutilate(Encoding.UTF8.GetBytes(Whole[chance.Next(Whole.Length)]), chance);
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await shared.Server.Client.PostAsync("/api/v1/workflows", content);
            new[] { 200, 202, 400, 404, 413, 422 }.ShouldContain((int)response.StatusCode, Encoding.UTF8.GetString(body));
            taken += response.IsSuccessStatusCode ? 1 : 0;
        }

        taken.ShouldBeInRange(1, BodiesPerSeed - 1, "some bodies survive and some do not, or nothing was tried");
    }

    private static byte[] Mutilate(byte[] body, Random chance)
    {
        var bytes = body.ToList();
        for (var cuts = chance.Next(0, 4); cuts > 0; cuts--)
        {
            var at = chance.Next(bytes.Count);
            switch (chance.Next(5))
            {
                case 0:
                    bytes[at] = (byte)chance.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(chance.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Splinters[chance.Next(Splinters.Length)]);
                    break;
                case 3:
                    var from = chance.Next(bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(chance.Next(1, 40), bytes.Count - from)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }
}
