using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>The data folder that the configuration names, for hosts that look after no folder of their own.</summary>
public static class ConfiguredFolder
{
    /// <summary>Makes this process a silo. Where the store is in the data folder, takes that first.</summary>
    /// <param name="hasApi">Whether others can join over HTTP; a process without the API keeps its address to itself.</param>
    /// <param name="role">What the process is to others; null for one that is alone.</param>
    /// <exception cref="InvalidOperationException">Another process has the folder.</exception>
    public static IServiceCollection AddOrchestratorSilo(this IServiceCollection services, IConfiguration configuration, bool hasApi = true, ProcessRole? role = null)
    {
        if (configuration.GetSection(DataOptions.Section).Get<DataOptions>() is { Store: not StoreKind.Sqlite })
        {
            return services.AddOrchestratorSilo(folder: null, role);
        }

        var path = configuration[$"{DataOptions.Section}:{nameof(DataOptions.Folder)}"] ?? new DataOptions().Folder;
        var folder = DataFolder.TryOpen(path, TimeProvider.System) is DataFolderOpening.Opened opened
            ? opened.Folder
            : throw new InvalidOperationException($"The data folder '{Path.GetFullPath(path)}' is in use by another process. Stop it, or name another folder as Data:Folder.");
        services.AddOrchestratorSilo(folder, role);
        return services.AddHostedService(provider => new FolderKeeper(folder, hasApi ? provider.GetService<IServer>() : null));
    }

    /// <summary>Says where the folder's process listens, once it does, and lets the folder go at the end.</summary>
    private sealed class FolderKeeper(DataFolder folder, IServer? server) : IHostedLifecycleService, IDisposable
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            if (server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address && Uri.TryCreate(address, UriKind.Absolute, out var url))
            {
                folder.Announce(url);
            }

            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // The container disposes of what it made in the opposite order, so the store, made later, is closed before the folder is let go.
        public void Dispose() => folder.Dispose();
    }
}
