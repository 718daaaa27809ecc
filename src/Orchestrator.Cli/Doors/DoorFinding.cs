using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Cli.Terminals;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Telemetry;
using Orchestrator.SiloHosting;

namespace Orchestrator.Cli.Doors;

/// <summary>Finds the way to workflows: the server that was named, the server that has the data folder, or a silo in this process.</summary>
internal static class DoorFinding
{
    /// <summary>How long a process that has the folder may take to say where it listens: about one cold start.</summary>
    private static readonly TimeSpan OwnerPatience = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Joins a server, or hosts a silo on the folder that nobody has.</summary>
    public static async Task<IWorkflowDoor> JoinOrHostAsync(Uri? server, string? apiKey, Settings settings, Terminal terminal, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (server is not null)
        {
            return new ServerDoor(server, apiKey, clock);
        }

        var folder = settings.FindFolder();
        switch (await TakeAsync(folder, clock, cancellationToken))
        {
            case DataFolderOpening.InUse { ServerUrl: { } url }:
                terminal.Note($"Joining {url.GetLeftPart(UriPartial.Authority)}, which has the data folder {folder}.");
                return new ServerDoor(url, apiKey, clock);
            case DataFolderOpening.Opened opened:
                return await HostAsync(opened.Folder, folder, settings, cancellationToken);
            case DataFolderOpening.InUse { Owner: { } owner }:
                throw new CommandFailedException(
                    ExitCode.Failed,
                    $"The data folder {folder} is in use by process {owner.ProcessId} since {owner.StartedAt.ToLocalTime():HH:mm:ss}, which has no HTTP door to join. Wait for it to end, or name another folder with --data.");
            default:
                throw new CommandFailedException(ExitCode.Failed, $"The data folder {folder} is in use by another process. Wait for it to end, or name another folder with --data.");
        }
    }

    /// <summary>The server that was named, or that has the data folder.</summary>
    public static async Task<ServerDoor> JoinAsync(Uri? server, string? apiKey, Settings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (server is not null)
        {
            return new ServerDoor(server, apiKey, clock);
        }

        var folder = settings.FindFolder();
        var found = Directory.Exists(folder) ? await TakeAsync(folder, clock, cancellationToken) : null;
        if (found is DataFolderOpening.Opened opened)
        {
            opened.Folder.Dispose();
        }

        return found is DataFolderOpening.InUse { ServerUrl: { } url }
            ? new ServerDoor(url, apiKey, clock)
            : throw new CommandFailedException(ExitCode.Failed, $"No server runs on the data folder {folder}. Start one with 'orc dev', or name one with --server URL.");
    }

    private static async Task<DataFolderOpening> TakeAsync(string folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var opening = Take(folder, clock);
            if (opening is DataFolderOpening.Opened or DataFolderOpening.InUse { ServerUrl: not null } || clock.GetElapsedTime(began) > OwnerPatience)
            {
                return opening;
            }

            await Task.Delay(LookEvery, clock, cancellationToken);
        }
    }

    /// <exception cref="CommandFailedException">The folder cannot be made or written.</exception>
    public static DataFolderOpening Take(string folder, TimeProvider clock)
    {
        try
        {
            return DataFolder.TryOpen(folder, clock);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"The data folder {folder} cannot be used: {failure.Message}", failure);
        }
    }

    private static async Task<IWorkflowDoor> HostAsync(DataFolder folder, string shown, Settings settings, CancellationToken cancellationToken)
    {
        IHost? host = null;
        try
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            settings.AddTo(builder.Configuration);
            builder.Services.AddOrchestratorLogging();
            builder.Services.AddOrchestratorTelemetry("orchestrator");
            builder.Services.AddOrchestratorSilo(folder);
            host = builder.Build();
            await host.StartAsync(cancellationToken);
            return new LocalDoor(host, folder, shown);
        }
        catch
        {
            host?.Dispose();
            folder.Dispose();
            throw;
        }
    }
}
