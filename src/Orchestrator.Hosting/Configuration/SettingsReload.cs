using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Takes changes of the settings file into the running process: those of the sections that follow it, all together, after the whole file has been checked.</summary>
/// <remarks>A file with a mistake changes nothing; the log names its place, once for each time the file was written. What only the next start can change is named too.</remarks>
internal sealed partial class SettingsReload(
    IConfiguration configuration,
    IEnumerable<OptionsKind> kinds,
    IEnumerable<SectionOfAnother> others,
    IEnumerable<ReloadedKind> reloaded,
    IOptions<ReloadOptions> options,
    TimeProvider clock,
    ILogger<SettingsReload> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || configuration is not IConfigurationRoot root || root.Providers.OfType<YamlConfigurationProvider>().FirstOrDefault() is not { } file)
        {
            return;
        }

        try
        {
            while (true)
            {
                await Task.Delay(options.Value.Every, clock, stoppingToken);
                Look(root, file);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look(IConfigurationRoot root, YamlConfigurationProvider file)
    {
        try
        {
            if (file.ReadChanges() is not { } read)
            {
                return;
            }

            var next = Mixed(file.Settings, read);
            var problems = Problems(root, file, read, next);
            if (problems.Count > 0)
            {
                throw new ConfigurationRefusedException(problems);
            }

            file.Take(next);
            LogTaken(file.Name);
            if (WaitForAStart(file.Settings, read) is { Count: > 0 } waiting)
            {
                LogWaiting(file.Name, string.Join(", ", waiting));
            }
        }
        catch (ConfigurationRefusedException refused)
        {
            LogRefused(file.Name, string.Join(Environment.NewLine, refused.Problems));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(unreadable, file.Name);
        }
    }

    /// <summary>What was read, in the sections that follow the file; what stands, in all others.</summary>
    private Dictionary<string, YamlSetting> Mixed(IReadOnlyDictionary<string, YamlSetting> standing, IReadOnlyDictionary<string, YamlSetting> read) => standing
        .Where(entry => !Reloads(entry.Key))
        .Concat(read.Where(entry => Reloads(entry.Key)))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    private List<string> Problems(IConfigurationRoot root, YamlConfigurationProvider file, IReadOnlyDictionary<string, YamlSetting> read, Dictionary<string, YamlSetting> next)
    {
        var known = new KnownKeys(kinds, others);
        var trial = new ConfigurationRoot([.. root.Providers.Select(provider => provider == file ? new GivenProvider(file.Name, YamlConfigurationProvider.ValuesOf(next)) : (IConfigurationProvider)new AsItStands(provider))]);
        return
        [
            .. read.Select(entry => known.Problem(entry.Key) is { } problem ? $"{file.PlaceOf(entry.Value)} {problem}" : null).OfType<string>(),
            .. reloaded.SelectMany(kind => kind.Problems(trial)).Select(problem => file.Located(problem, read)),
        ];
    }

    private List<string> WaitForAStart(IReadOnlyDictionary<string, YamlSetting> standing, IReadOnlyDictionary<string, YamlSetting> read) =>
    [
        .. standing.Keys.Union(read.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => !Reloads(key) && (standing.TryGetValue(key, out var old) ? old.Value : null) != (read.TryGetValue(key, out var now) ? now.Value : null))
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    // Sections nest, and some are shared: the innermost type that has such a setting says.
    private bool Reloads(string key) => kinds.Where(kind => kind.Reads(key)).MaxBy(kind => kind.Section.Length)?.Reloads ?? false;

    [LoggerMessage(EventId = 7301, EventName = "SettingsTaken", Level = LogLevel.Information, Message = "{File} has changed, and what it says of routes, agents, limits, schedules and subscriptions holds from now on.")]
    private partial void LogTaken(string file);

    [LoggerMessage(EventId = 7302, EventName = "SettingsWait", Level = LogLevel.Warning, Message = "{File} has changed where only the next start can follow: {Keys}")]
    private partial void LogWaiting(string file, string keys);

    [LoggerMessage(EventId = 7303, EventName = "SettingsRefused", Level = LogLevel.Error, Message = "{File} has changed and cannot be used; all stays as it was. {Problems}")]
    private partial void LogRefused(string file, string problems);

    [LoggerMessage(EventId = 7304, EventName = "SettingsUnreadable", Level = LogLevel.Warning, Message = "{File} cannot be read at the moment and is tried again.")]
    private partial void LogUnreadable(Exception exception, string file);

    /// <summary>A layer seen through glass: whoever makes a configuration of layers has them load, which would change the one that is in use.</summary>
    private sealed class AsItStands(IConfigurationProvider layer) : ConfigurationProvider
    {
        public override bool TryGet(string key, out string? value) => layer.TryGet(key, out value);

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => layer.GetChildKeys(earlierKeys, parentPath);
    }
}
