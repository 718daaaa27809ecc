using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Callbacks;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Callbacks;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.SiloHosting.Callbacks;

internal static class CallbackHosting
{
    private const int FreshBytes = 32;

    /// <summary>What callbacks need beside their grains.</summary>
    /// <param name="folder">Where a secret is kept that nobody has configured; null where there is no such place.</param>
    public static IServiceCollection AddCallbacks(this IServiceCollection services, DataFolder? folder) => services
        .AddSingleton(provider => KeysOf(provider.GetRequiredService<IOptions<CallbackSendOptions>>().Value, folder))
        .AddSingleton<ICallbackSender, HttpCallbackSender>();

    private static CallbackKeys KeysOf(CallbackSendOptions options, DataFolder? folder)
    {
        var file = options.SigningKeyFile ?? (folder is null ? null : Path.Combine(folder.Path, "callback.key"));
        var present = options.SigningKey is { } text ? Read(text, nameof(options.SigningKey))
            : file is null ? null
            : Read(FromFile(file), file);
        return new CallbackKeys(present is null ? [] : options.SigningKeyBefore is { } before ? [present, Read(before, nameof(options.SigningKeyBefore))] : [present]);
    }

    private static string FromFile(string path) =>
        Encoding.ASCII.GetString(KeyFile.ReadOrCreate(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(FreshBytes))))).Trim();

    private static byte[] Read(string text, string where)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= CallbackKeys.LengthMin
            ? bytes[..length]
            : throw new InvalidOperationException($"The secret that signs callbacks ({where}) is Base64 of at least {CallbackKeys.LengthMin} bytes; what was found is not.");
    }
}
