namespace Orchestrator.BuiltinAgents.Specs.Personal;

public sealed class When_contents_are_ranked_for_somebody
{
    private static readonly object[] Contents =
    [
        new { id = "rocks", text = "Volcanoes and how rocks melt." },
        new { id = "plants", text = "Plants make sugar of light." },
        new { id = "stars", text = "Stars burn hydrogen." },
    ];

    [Fact]
    public async Task what_speaks_of_her_interests_comes_first_and_says_of_which()
    {
        var output = await Asked.For("personalization_agent", new { user_id = "ana", interests = new[] { "volcano", "burning stars" }, contents = Contents });
        Ids(output).ShouldBe(["stars", "rocks", "plants"]);
        output.GetProperty("ranking")[0].GetProperty("matches")[0].GetString().ShouldBe("burning stars");
        output.GetProperty("userId").GetString().ShouldBe("ana");
    }

    [Fact]
    public async Task what_she_has_seen_steps_back() =>
        Ids(await Asked.For("personalization_agent", new { interests = new[] { "volcano", "light" }, contents = Contents, seen = new[] { "rocks" } })).ShouldBe(["plants", "rocks", "stars"]);

    [Fact]
    public async Task ids_alone_are_not_enough_and_it_says_what_is() =>
        (await Asked.Refused("personalization_agent", """{"user_id": "u", "content_id": "c"}""", "personalize_content")).ShouldContain("'interests'");

    private static IEnumerable<string?> Ids(System.Text.Json.JsonElement output) => output.GetProperty("ranking").EnumerateArray().Select(ranked => ranked.GetProperty("id").GetString());
}
