using Microsoft.Extensions.Configuration;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.Cli.Doors;

/// <summary>The layers of configuration as one command sees them.</summary>
/// <param name="File">What <c>--config</c> names.</param>
/// <param name="DataFolder">What <c>--data</c> names.</param>
/// <param name="StoreKind">What <c>--store</c> names.</param>
internal sealed record Settings(string? File, string? DataFolder, string? StoreKind = null)
{
    // The development profile. A person at a terminal reads words, and only when something is wrong; servers in production log JSON.
    // Her agents live on her own machine; a server in production calls nothing inward.
    private static readonly KeyValuePair<string, string?>[] Defaults = [new("Log:Form", "Text"), new("Log:Level", "Warning"), new("Outbound:AllowLoopback", "true")];

    public IConfigurationBuilder AddTo(IConfigurationBuilder builder) => builder.AddOrchestratorConfiguration(
        Directory.GetCurrentDirectory(),
        File,
        [new($"{DataOptions.Section}:{nameof(DataOptions.Folder)}", DataFolder), new($"{DataOptions.Section}:{nameof(DataOptions.Store)}", StoreKind)],
        Defaults);

    /// <summary>Whether everything is kept in the data folder, and not in a database elsewhere.</summary>
    /// <exception cref="ConfigurationRefusedException">A file cannot be read.</exception>
    public bool KeepsInFolder() =>
        !"postgres".Equals(AddTo(new ConfigurationBuilder()).Build().GetSection(DataOptions.Section)[nameof(DataOptions.Store)], StringComparison.OrdinalIgnoreCase);

    /// <summary>The data folder all layers agree on.</summary>
    /// <exception cref="ConfigurationRefusedException">A file cannot be read.</exception>
    public string FindFolder() =>
        AddTo(new ConfigurationBuilder()).Build().GetSection(DataOptions.Section)[nameof(DataOptions.Folder)] is { Length: > 0 } folder
            ? folder
            : new DataOptions().Folder;
}
