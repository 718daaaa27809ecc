using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.ApiHost.Tests.Access;

/// <summary>A door that asks for keys, and knows one of each role.</summary>
public sealed class KeyedServer : IAsyncLifetime
{
    public const string Vera = "vera-5b1d0c7e93fa4d22";
    public const string Otto = "otto-a17c44d0be6f4a19";
    public const string Ada = "ada-0f6e9d2c71b84c55";

    public ApiServer Server { get; private set; } = null!;

    /// <summary>The settings that make a server so.</summary>
    public static (string Key, string Value)[] Settings { get; } =
    [
        ("Api:RequireKeys", "true"),
        ("Operators:KeyHashes:vera", HashOf(Vera)), ("Operators:Roles:vera", "Viewer"),
        ("Operators:KeyHashes:otto", HashOf(Otto)),
        ("Operators:KeyHashes:ada", HashOf(Ada)), ("Operators:Roles:ada", "Admin"),
    ];

    public static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public async Task InitializeAsync() => Server = await ApiServer.StartAsync(Settings);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
