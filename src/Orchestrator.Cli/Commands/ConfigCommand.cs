using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;
using Orchestrator.Cli.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Logging;
using Orchestrator.SiloHosting;
using Spectre.Console;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc config show</c>: every setting, its value, and who said so.</summary>
internal static class ConfigCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = CommonOptions.Data();
        var config = CommonOptions.Config();
        var output = CommonOptions.Output();
        var show = new Command("show", "Show every setting and where its value comes from; secrets as ***.") { data, config, output };
        show.SetAction(parsed => Show(terminal, new Settings(parsed.GetValue(config), parsed.GetValue(data)), parsed.GetValue(output)));
        return new Command("config", "Look at the configuration.") { show };
    }

    private static int Show(Terminal terminal, Settings settings, OutputForm form)
    {
        var configuration = settings.AddTo(new ConfigurationBuilder()).Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSiloOptions()
            .AddValidatedOptions<ApiOptions>()
            .AddValidatedOptions<TaskOptions>()
            .AddValidatedOptions<LogOptions>()
            .BuildServiceProvider();
        var rows = EffectiveConfiguration.List(configuration, services.GetServices<OptionsKind>());
        if (form == OutputForm.Json)
        {
            Terminal.Print(JsonSerializer.SerializeToUtf8Bytes(rows, JsonSerializerOptions.Web));
        }
        else
        {
            var table = new Table().Border(TableBorder.None).AddColumns("[bold]Setting[/]", "[bold]Value[/]", "[bold]From[/]");
            foreach (var row in rows)
            {
                table.AddRow(new Text(row.Key), new Text(ResultText.Clean(row.Value)), new Text(row.Source));
            }

            terminal.Results.Write(table);
        }

        // The listing first, then what is wrong with it: both are wanted when something is.
        services.GetRequiredService<IStartupValidator>().Validate();
        return ExitCode.Ok;
    }
}
