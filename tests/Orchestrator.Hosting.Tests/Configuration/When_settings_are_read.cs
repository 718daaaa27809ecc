using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

[Collection(Environment_of_the_process.Name)]
public sealed class When_settings_are_read : IDisposable
{
    private readonly Settings settings = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ORC__Oven__Degrees", null);
        Environment.SetEnvironmentVariable("ORC__Oven__Degreess", null);
        settings.Dispose();
    }

    [Fact]
    public void later_layers_win_in_the_documented_order()
    {
        Degrees().ShouldBe((180, "default"));
        settings.File("appsettings.json", """{"Oven": {"Degrees": 190}}""");
        Degrees().ShouldBe((190, "appsettings.json"));
        settings.File("orchestrator.yaml", "# warm\noven:\n  degrees: 200\n");
        Degrees().ShouldBe((200, "orchestrator.yaml:3"));
        Environment.SetEnvironmentVariable("ORC__Oven__Degrees", "210");
        Degrees().ShouldBe((210, "ORC__Oven__Degrees"));
        Degrees(("Oven:Degrees", "220")).ShouldBe((220, "flag"));
    }

    [Fact]
    public void lists_and_dictionaries_come_out_of_yaml()
    {
        settings.File("orchestrator.yaml", """
            oven:
              trays:
                - name: top
                  level: 4
                - name: middle
              labels:
                colour: red
            """);
        using var services = settings.Services();
        var oven = services.GetRequiredService<IOptions<OvenOptions>>().Value;
        oven.Trays.Select(tray => (tray.Name, tray.Level)).ShouldBe([("top", 4), ("middle", 1)]);
        oven.Labels.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("colour", "red"));
    }

    [Fact]
    public void an_unknown_key_is_refused_with_its_place_and_what_was_meant()
    {
        settings.File("orchestrator.yaml", "oven:\n  degrees: 200\n  prehaet: 00:05:00\n");
        settings.Refusal().ShouldBe("orchestrator.yaml:3:3 unknown setting oven:prehaet, did you mean oven:Preheat?");
    }

    [Fact]
    public void an_unknown_variable_with_our_prefix_is_refused_too()
    {
        Environment.SetEnvironmentVariable("ORC__Oven__Degreess", "1");
        settings.Refusal().ShouldBe("ORC__Oven__Degreess unknown setting Oven:Degreess, did you mean Oven:Degrees?");
    }

    [Fact]
    public void a_section_that_only_another_program_reads_is_passed_over_and_no_other()
    {
        settings.File("orchestrator.yaml", "cellar:\n  bottles: 12\noven:\n  degrees: 200\ncellars:\n  bottles: 12\n");
        settings.Refusal(services => services.AddSectionOfAnother("Cellar")).ShouldBe("orchestrator.yaml:6:3 unknown setting cellars, did you mean Cellar?");
    }

    [Fact]
    public void a_key_inside_a_list_is_known_or_unknown_like_any_other()
    {
        settings.File("orchestrator.yaml", "oven:\n  trays:\n    - name: top\n      levle: 4\n");
        settings.Refusal().ShouldBe("orchestrator.yaml:4:7 unknown setting oven:trays:0:levle, did you mean oven:trays:0:Level?");
    }

    [Fact]
    public void a_value_out_of_range_is_named_by_its_full_key_with_what_was_found()
    {
        settings.File("orchestrator.yaml", "oven:\n  trays:\n    - name: top\n      level: 9\n");
        settings.Refusal().ShouldContain("Oven:Trays:0:Level: The field Level must be between 1 and 4. Found: 9.");
    }

    private (int Value, string Source) Degrees(params (string Key, string? Value)[] flags)
    {
        using var services = settings.Services(flags);
        var row = EffectiveConfiguration.List(settings.Load(flags), services.GetServices<OptionsKind>()).Single(row => row.Key == "Oven:Degrees");
        var value = services.GetRequiredService<IOptions<OvenOptions>>().Value.Degrees;
        row.Value.ShouldBe(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return (value, row.Source);
    }
}
