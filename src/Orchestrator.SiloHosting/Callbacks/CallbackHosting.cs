using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Callbacks;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Callbacks;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Callbacks;

internal static class CallbackHosting
{
    /// <summary>What callbacks need beside their grains.</summary>
    /// <param name="folder">Where a secret is kept that nobody has configured; null where there is no such place.</param>
    public static IServiceCollection AddCallbacks(this IServiceCollection services, DataFolder? folder) => services
        .AddSingleton(provider => KeysOf(provider.GetRequiredService<IOptions<CallbackSendOptions>>().Value, folder))
        .AddSingleton<ICallbackSender, HttpCallbackSender>();

    private static CallbackKeys KeysOf(CallbackSendOptions options, DataFolder? folder)
    {
        var secret = new InstallationSecret("The secret that signs callbacks", CallbackKeys.LengthMin);
        var file = options.SigningKeyFile ?? (folder is null ? null : Path.Combine(folder.Path, "callback.key"));
        var present = secret.Find(options.SigningKey, file, nameof(options.SigningKey));
        return new CallbackKeys(present is null ? [] : options.SigningKeyBefore is { } before ? [present, secret.Read(before, nameof(options.SigningKeyBefore))] : [present]);
    }
}
