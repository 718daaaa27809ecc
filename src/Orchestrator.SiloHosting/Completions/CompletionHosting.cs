using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Agents;
using Orchestrator.Grains.Completions;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Completions;

internal static class CompletionHosting
{
    private const string FileName = "completion.key";

    /// <summary>What agents that answer later need.</summary>
    /// <param name="folder">Where a key is kept that nobody has configured; null where there is no such place.</param>
    public static IServiceCollection AddCompletions(this IServiceCollection services, DataFolder? folder) => services
        .AddSingleton(provider => TokensOf(provider.GetRequiredService<IOptions<CompletionOptions>>().Value, folder, provider.GetServices<IServerAddress>().LastOrDefault()))
        .AddSingleton(provider => new CompletionPolicy(provider.GetRequiredService<IOptions<AgentCallOptions>>().Value.AnswerBytesMax));

    private static CompletionTokens TokensOf(CompletionOptions options, DataFolder? folder, IServerAddress? server)
    {
        var secret = new InstallationSecret("The secret under which tokens of completions are made", CompletionTokens.KeyLengthMin);
        var present = secret.Find(options.Key, options.KeyFile ?? (folder is null ? null : Path.Combine(folder.Path, FileName)), nameof(options.Key));
        ImmutableArray<byte[]> keys = present is null ? [] : options.KeyBefore is { } before ? [present, secret.Read(before, nameof(options.KeyBefore))] : [present];
        return new CompletionTokens(keys, options.PublicUrl is { } known ? () => new Uri(known) : () => server?.Find());
    }
}
