using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

/// <summary>A host that bakes by its settings file: the oven follows it, the door does not.</summary>
[Collection(Environment_of_the_process.Name)]
public sealed class When_the_settings_file_changes : IAsyncLifetime
{
    private readonly Settings settings = new();
    private readonly SettingsLog log = new();
    private IHost host = null!;

    public async Task InitializeAsync()
    {
        settings.File("orchestrator.yaml", "oven: {degrees: 200}\ndoor: {open: false}\nreload: {every: 00:00:00.100}\n");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddOrchestratorConfiguration(settings.Folder);
        builder.Logging.AddProvider(log);
        builder.Services.AddReloadedOptions<OvenOptions>().AddValidatedOptions<DoorOptions>().AddValidatedOptions<DoorHandleOptions>().AddSettingsReload();
        host = builder.Build();
        await host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        settings.Dispose();
    }

    [Fact]
    public async Task what_follows_the_file_is_told()
    {
        var told = Channel.CreateUnbounded<int>();
        using var listening = Oven.OnChange(oven => told.Writer.TryWrite(oven.Degrees));
        settings.File("orchestrator.yaml", "oven: {degrees: 220, labels: {colour: red}}\nreload: {every: 00:00:00.100}\n");
        (await told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(220);
        Oven.CurrentValue.Labels.ShouldHaveSingleItem().Value.ShouldBe("red");
    }

    [Theory]
    [InlineData("oven: {degrees: 400}", "orchestrator.yaml:1:8 oven:degrees: The field Degrees must be between 50 and 300. Found: 400.")]
    [InlineData("# a comment\noven:\n  degrees: hot", "orchestrator.yaml:3:3 Failed to convert configuration value 'hot' at 'Oven:degrees'")]
    [InlineData("oven:\n  degrees: 210\n  prehaet: 00:05:00", "orchestrator.yaml:3:3 unknown setting oven:prehaet, did you mean oven:Preheat?")]
    [InlineData("oven:\n  degrees: 210\n  trays: [{level: 2}]", "orchestrator.yaml:3:12 Oven:Trays:0:Name: The Name field is required.")]
    [InlineData("oven: {degrees: 210", "orchestrator.yaml:")]
    [InlineData("oven: {degrees: 210, recipe: flour}", "Oven:Recipe")]
    public async Task a_file_with_a_mistake_changes_nothing_and_its_place_is_named_once(string file, string problem)
    {
        settings.File("orchestrator.yaml", file + "\n");
        (await log.NextAsync("SettingsRefused")).ShouldContain(problem, Case.Insensitive);
        Oven.CurrentValue.Degrees.ShouldBe(200);

        // Mended, it is taken; between the two nothing was said a second time.
        settings.File("orchestrator.yaml", "oven: {degrees: 230}\n");
        await log.NextAsync("SettingsTaken");
        Oven.CurrentValue.Degrees.ShouldBe(230);
    }

    [Fact]
    public async Task what_only_the_next_start_can_change_stays_and_is_named()
    {
        settings.File("orchestrator.yaml", "oven: {degrees: 240}\ndoor: {open: true}\nreload: {every: 00:00:00.100}\n");
        (await log.NextAsync("SettingsTaken")).ShouldContain("orchestrator.yaml");
        (await log.NextAsync("SettingsWait")).ShouldEndWith("door:open");
        Oven.CurrentValue.Degrees.ShouldBe(240);
        host.Services.GetRequiredService<IOptionsMonitor<DoorOptions>>().CurrentValue.Open.ShouldBeFalse();
    }

    [Fact]
    public async Task the_innermost_section_says_whether_a_key_follows()
    {
        settings.File("orchestrator.yaml", "oven: {handle: {cold: true}, degrees: 250}\ndoor: {open: false}\nreload: {every: 00:00:00.100}\n");
        (await log.NextAsync("SettingsTaken")).ShouldContain("orchestrator.yaml");
        (await log.NextAsync("SettingsWait")).ShouldEndWith("oven:handle:cold");
        host.Services.GetRequiredService<IOptionsMonitor<DoorHandleOptions>>().CurrentValue.Cold.ShouldBeFalse();
    }

    [Fact]
    public async Task a_file_that_goes_away_changes_nothing()
    {
        File.Delete(Path.Combine(settings.Folder, "orchestrator.yaml"));
        settings.File("orchestrator.yaml.next", "oven: {degrees: 260}\n");
        Oven.CurrentValue.Degrees.ShouldBe(200);
        File.Move(Path.Combine(settings.Folder, "orchestrator.yaml.next"), Path.Combine(settings.Folder, "orchestrator.yaml"));
        await log.NextAsync("SettingsTaken");
        Oven.CurrentValue.Degrees.ShouldBe(260);
    }

    private IOptionsMonitor<OvenOptions> Oven => host.Services.GetRequiredService<IOptionsMonitor<OvenOptions>>();

    public sealed class DoorOptions
    {
        public const string Section = "Door";

        public bool Open { get; set; }
    }

    public sealed class DoorHandleOptions
    {
        public const string Section = "Oven:Handle";

        public bool Cold { get; set; }
    }
}
