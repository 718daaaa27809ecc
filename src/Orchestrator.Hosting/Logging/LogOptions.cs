using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Hosting.Logging;

/// <summary>What is logged, and in which form.</summary>
public sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>The least level that is written.</summary>
    /// <value>Verbose, Debug, Information, Warning, Error or Fatal. The default is Information.</value>
    [EnumDataType(typeof(Serilog.Events.LogEventLevel))]
    public Serilog.Events.LogEventLevel Level { get; set; } = Serilog.Events.LogEventLevel.Information;

    /// <summary>Levels by the beginning of a logger's name, such as <c>Microsoft.AspNetCore: Warning</c>.</summary>
    public Dictionary<string, Serilog.Events.LogEventLevel> Levels { get; set; } = [];

    /// <summary>One line of JSON per event on standard output, or words for people on standard error.</summary>
    /// <value>Json or Text. The default is Json.</value>
    [EnumDataType(typeof(LogForm))]
    public LogForm Form { get; set; } = LogForm.Json;
}

public enum LogForm
{
    Json = 0,
    Text = 1,
}
