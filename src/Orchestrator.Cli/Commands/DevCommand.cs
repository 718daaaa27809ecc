using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.ApiHost;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.SiloHosting;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc dev</c>: a server on this machine, with everything in one process.</summary>
internal static class DevCommand
{
    private const string UrlDefault = "http://127.0.0.1:8080";

    /// <summary>How many ports after the first one are tried.</summary>
    private const int PortsMax = 50;

    public static Command Create(Terminal terminal)
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen. A port that is taken is replaced by the next free one.", HelpName = "URL", DefaultValueFactory = _ => UrlDefault };
        var ephemeral = new Option<bool>("--ephemeral") { Description = "Keeps everything in a folder that is deleted at the end." };
        var noOpen = new Option<bool>("--no-open") { Description = "Opens no browser." };
        var data = CommonOptions.Data();
        var store = CommonOptions.Store();
        var config = CommonOptions.Config();
        var command = new Command("dev", "Start a server on this machine.") { urls, data, store, ephemeral, noOpen, config };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ephemeral) && result.GetValue(data) is not null)
            {
                result.AddError("--ephemeral makes a folder of its own: leave out --data.");
            }
        });
        command.SetAction((parsed, _) => ServeAsync(
            terminal, parsed.GetRequiredValue(urls), parsed.GetValue(data), parsed.GetValue(store), parsed.GetValue(config), parsed.GetValue(ephemeral), open: !parsed.GetValue(noOpen)));
        return command;
    }

    private static async Task<int> ServeAsync(Terminal terminal, string urls, string? data, string? store, string? config, bool ephemeral, bool open)
    {
        var temporary = ephemeral ? Directory.CreateTempSubdirectory("orc-") : null;
        try
        {
            var settings = new Settings(config, temporary?.FullName ?? data, store);
            var shown = settings.FindFolder();
            var kept = !settings.KeepsInFolder() ? $"PostgreSQL (kept), and small files in {shown}" : ephemeral ? "a folder that is deleted at the end" : shown + " (kept)";
            using var folder = Take(shown);
            var url = FreeAddress(urls, terminal);
            await using var app = OrchestratorWebApplication.Create(Directory.GetCurrentDirectory(), [], builder =>
            {
                settings.AddTo(builder.Configuration);
                builder.Services.AddOrchestratorSilo(folder);
            });
            app.Urls.Add(url);
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                terminal.Note("Stopped before the store was there. Nothing was accepted.");
                return ExitCode.Failed;
            }

            var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            folder.Announce(address);
            await GreetAsync(app, terminal, address, kept);
            if (open && Terminal.IsWatched && ConsolePage.IsBuilt)
            {
                Open(address);
            }

            await app.WaitForShutdownAsync();
            terminal.Note(ephemeral ? "Stopped." : $"Stopped. Everything is kept in {(settings.KeepsInFolder() ? shown : "PostgreSQL")}; the next 'orc dev' goes on.");
            return ExitCode.Ok;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static DataFolder Take(string folder) => DoorFinding.Take(folder, TimeProvider.System) switch
    {
        DataFolderOpening.Opened opened => opened.Folder,
        DataFolderOpening.InUse { ServerUrl: { } url } => throw new CommandFailedException(
            ExitCode.Failed, $"A server already runs on {folder}: {url.GetLeftPart(UriPartial.Authority)}. Use it, or name another folder with --data."),
        DataFolderOpening.InUse { ProcessId: { } process } => throw new CommandFailedException(
            ExitCode.Failed, $"The data folder {folder} is in use by process {process}. Wait for it to end, or name another folder with --data."),
        _ => throw new CommandFailedException(ExitCode.Failed, $"The data folder {folder} is in use by another process. Wait for it to end, or name another folder with --data."),
    };

    private static async Task GreetAsync(WebApplication app, Terminal terminal, Uri address, string folder)
    {
        var url = address.GetLeftPart(UriPartial.Authority);
        var agents = app.Services.GetRequiredService<IDeclared<AgentRegistration>>().All.Length;
        var counts = await app.Services.GetRequiredService<IWorkflowIndex>().CountAsync(CancellationToken.None);
        var unfinished = counts.Where(entry => !entry.Key.IsFinal()).Sum(entry => entry.Value);
        Console.Out.WriteLine($"Console   {(ConsolePage.IsBuilt ? url + "/" : "left out: it was not built, which needs Node 20")}");
        Console.Out.WriteLine($"API       {url}/api/v1");
        Console.Out.WriteLine($"Docs      {url}/docs");
        Console.Out.WriteLine($"Data      {folder}");
        Console.Out.WriteLine($"Agents    {agents} declared; agents may live on this machine" + (unfinished > 0 ? $"; {unfinished} unfinished workflows go on" : ""));
        Console.Out.Flush();
        terminal.Note("Press Ctrl-C to stop.");
    }

    /// <summary>The address asked for, or the same with the next free port.</summary>
    private static string FreeAddress(string urls, Terminal terminal)
    {
        if (!Uri.TryCreate(urls, UriKind.Absolute, out var asked) || asked.Scheme is not ("http" or "https") || asked.AbsolutePath != "/")
        {
            throw new CommandFailedException(ExitCode.Usage, $"--urls {urls}: expected one address such as {UrlDefault}.");
        }

        var address = IPAddress.TryParse(asked.Host.Trim('[', ']'), out var literal) ? literal : asked.IsLoopback ? IPAddress.Loopback : null;
        if (address is null || asked.Port == 0 || IsFree(address, asked.Port))
        {
            return urls;
        }

        for (var port = asked.Port + 1; port <= Math.Min(asked.Port + PortsMax, IPEndPoint.MaxPort); port++)
        {
            if (IsFree(address, port))
            {
                terminal.Note($"Port {asked.Port} is taken; listening on {port}.");
                return new UriBuilder(asked) { Port = port }.Uri.GetLeftPart(UriPartial.Authority);
            }
        }

        throw new CommandFailedException(ExitCode.Failed, $"Port {asked.Port} and the {PortsMax} after it are taken. Name a free one with --urls.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    private static void Open(Uri address)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.AbsoluteUri) { UseShellExecute = true });
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // A machine without a browser; the address stands on the screen.
        }
    }
}

/// <summary>The web console, which is built where Node is at hand.</summary>
internal static class ConsolePage
{
    public static bool IsBuilt => File.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot", "console", "index.html"));
}
