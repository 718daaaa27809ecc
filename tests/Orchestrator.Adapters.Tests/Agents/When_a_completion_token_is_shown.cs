using System.Buffers.Text;
using System.Text;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_a_completion_token_is_shown
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Other = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
    private static readonly CompletionSubject Subject = new(new WorkflowId("w-1"), new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero), new StepPath("unit/quiz[3]"), 2, 5);

    private static readonly CompletionTokens Tokens = new([Key], () => new Uri("https://orc.example.com/behind/"));

    [Fact]
    public void it_names_its_attempt_and_stays_the_same()
    {
        var offer = Tokens.Offer(Subject)!;
        offer.Url.ShouldBe("https://orc.example.com/behind/api/v1/completions/" + offer.Token);
        Tokens.Offer(Subject).ShouldBe(offer);
        Tokens.TryRead(offer.Token, out var read).ShouldBeTrue();
        read.ShouldBe(Subject);
        offer.Token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').ShouldBeTrue("it travels in a path");
    }

    [Fact]
    public void no_change_of_what_it_names_is_believed()
    {
        var parts = Tokens.Offer(Subject)!.Token.Split('.');
        var name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]));
        var forged = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name.Replace("\n5\n", "\n6\n", StringComparison.Ordinal)));
        forged.ShouldNotBe(parts[0]);
        foreach (var token in new[] { forged + "." + parts[1], parts[0], parts[0] + ".", "." + parts[1], parts[0] + "." + parts[1][..^4], "", ".", "§.§", new string('a', 5_000) })
        {
            Tokens.TryRead(token, out _).ShouldBeFalse(token);
        }
    }

    [Fact]
    public void the_key_before_is_believed_and_makes_no_more_tokens_and_a_strangers_key_is_not()
    {
        var before = new CompletionTokens([Other], () => null).Offer(Subject)!.Token;
        var rotated = new CompletionTokens([Key, Other], () => null);
        rotated.TryRead(before, out _).ShouldBeTrue();
        rotated.Offer(Subject)!.Token.ShouldBe(Tokens.Offer(Subject)!.Token);
        Tokens.TryRead(before, out _).ShouldBeFalse();
    }

    [Fact]
    public void without_a_key_nothing_is_offered_or_believed_and_without_an_address_the_url_is_a_path()
    {
        var none = new CompletionTokens([], () => null);
        none.Offer(Subject).ShouldBeNull();
        none.TryRead(Tokens.Offer(Subject)!.Token, out _).ShouldBeFalse();
        new CompletionTokens([Key], () => null).Offer(Subject)!.Url.ShouldStartWith("/api/v1/completions/");
        Tokens.Offer(Subject with { Step = new StepPath(new string('a', 4_096)) }).ShouldBeNull("it would not fit a header");
    }
}
