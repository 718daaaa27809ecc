using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Personal;

public sealed class When_contents_are_ranked_for_somebody : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orc-personal-");

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
    public async Task ids_alone_are_not_enough_without_folders_and_it_says_what_is()
    {
        var said = await Asked.Refused("personalization_agent", """{"user_id": "u", "content_id": "c"}""", "personalize_content");
        said.ShouldContain("'interests'");
        said.ShouldContain("BuiltinAgents:ProfilesFolder");
        said.ShouldContain("BuiltinAgents:ContentsFolder");
    }

    [Fact] // S2-48
    public async Task ids_alone_are_enough_where_contents_and_people_are_kept()
    {
        var options = Folders();
        var output = await Asked.For("personalization_agent", new { user_id = "ana", content_id = "lesson-1" }, "personalize_content", options: options);
        Ids(output).ShouldBe(["lesson-1#2", "lesson-1#1", "lesson-1#3"], "what she has seen steps back, what she cares for comes first");
        output.GetProperty("ranking")[0].GetProperty("matches")[0].GetString().ShouldBe("sugar");

        // What the request says stands before what is kept.
        (await Asked.For("personalization_agent", new { user_id = "ana", content_id = "lesson-1", interests = new[] { "stars" } }, options: options))
            .GetProperty("ranking")[0].GetProperty("id").GetString().ShouldBe("lesson-1#3");
    }

    [Theory]
    [InlineData("ana", "lesson-2", "a file of that name in BuiltinAgents:ContentsFolder")]
    [InlineData("nobody", "lesson-1", "a file of that name in BuiltinAgents:ProfilesFolder")]
    [InlineData("broken", "lesson-1", "another file")]
    [InlineData("ana", "../profiles/ana", "letters, digits")]
    [InlineData("../contents/lesson-1", "lesson-1", "letters, digits")]
    [InlineData("ana", ".hidden", "not beginning with '.'")]
    public async Task an_id_is_a_name_in_its_folder_and_leads_nowhere_else(string user, string content, string said) =>
        (await Asked.Refused("personalization_agent", JsonSerializer.Serialize(new { user_id = user, content_id = content }), "personalize_content", options: Folders())).ShouldContain(said);

    public void Dispose() => folder.Delete(recursive: true);

    private BuiltinAgentOptions Folders()
    {
        var options = new BuiltinAgentOptions { ContentsFolder = Path.Combine(folder.FullName, "contents"), ProfilesFolder = Path.Combine(folder.FullName, "profiles") };
        Directory.CreateDirectory(options.ContentsFolder);
        Directory.CreateDirectory(options.ProfilesFolder);
        File.WriteAllText(Path.Combine(options.ContentsFolder, "lesson-1.md"), "Plants make sugar of light.\r\n\r\nSugar feeds plants, and sugar is sweet.\n\nStars burn hydrogen.\n");
        File.WriteAllText(Path.Combine(options.ContentsFolder, ".hidden.md"), "secret");
        File.WriteAllText(Path.Combine(options.ProfilesFolder, "ana.json"), """{"interests": ["sugar"], "seen": ["lesson-1#1"]}""");
        File.WriteAllText(Path.Combine(options.ProfilesFolder, "broken.json"), "[1]");
        return options;
    }

    private static IEnumerable<string?> Ids(JsonElement output) => output.GetProperty("ranking").EnumerateArray().Select(ranked => ranked.GetProperty("id").GetString());
}
