using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

/// <summary>Options of every shape that ours have.</summary>
public sealed class OvenOptions
{
    public const string Section = "Oven";

    [Range(50, 300)]
    public int Degrees { get; set; } = 180;

    public TimeSpan Preheat { get; set; } = TimeSpan.FromMinutes(10);

    [DataType(DataType.Password)]
    public string? Recipe { get; set; }

    public List<TrayOptions> Trays { get; set; } = [];

    public Dictionary<string, string> Labels { get; set; } = [];
}

public sealed class TrayOptions
{
    [Required]
    public string Name { get; set; } = "";

    [Range(1, 4)]
    public int Level { get; set; } = 1;
}

/// <summary>A folder with settings files, and the host's view of them.</summary>
internal sealed class Settings : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("settings-");

    public string Folder => folder.FullName;

    public Settings File(string name, string content)
    {
        System.IO.File.WriteAllText(Path.Combine(Folder, name), content);
        return this;
    }

    public IConfigurationRoot Load(params (string Key, string? Value)[] flags) => new ConfigurationBuilder()
        .AddOrchestratorConfiguration(Folder, flags: flags.Select(flag => KeyValuePair.Create(flag.Key, flag.Value)))
        .Build();

    public ServiceProvider Services(params (string Key, string? Value)[] flags) => new ServiceCollection()
        .AddSingleton<IConfiguration>(Load(flags))
        .AddValidatedOptions<OvenOptions>()
        .BuildServiceProvider();

    /// <summary>What the host says when it checks its options at start.</summary>
    public string Refusal(Action<IServiceCollection>? compose = null)
    {
        var collection = new ServiceCollection().AddSingleton<IConfiguration>(Load()).AddValidatedOptions<OvenOptions>();
        compose?.Invoke(collection);
        using var services = collection.BuildServiceProvider();
        return Should.Throw<Exception>(() => services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate()).Message;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
