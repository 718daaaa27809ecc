using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Client;

/// <summary>Where the server is, and how patient its client.</summary>
public sealed class OrchestratorClientOptions
{
    /// <summary>Such as <c>http://127.0.0.1:8080</c>. What stands behind the authority is passed over.</summary>
    [Required]
    public Uri? Server { get; set; }

    /// <summary>A key of the server's <c>Operators</c>, shown with every call; read it from where your program keeps secrets.</summary>
    /// <value>None, for a server that asks for none.</value>
    [DataType(DataType.Password)]
    public string? ApiKey { get; set; }

    /// <summary>How often a call is sent that got no answer, or one that says to come again.</summary>
    /// <value>1 to 100. The default is 6.</value>
    [Range(1, 100)]
    public int AttemptsMax { get; set; } = 6;

    /// <summary>How long one attempt may take, beyond what it asks the server to wait.</summary>
    /// <value>100 ms to 1 hour. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause a server may ask for; a longer one fails the call at once.</summary>
    /// <value>0 to 1 hour. The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The largest answer that is read.</summary>
    /// <value>1 KiB to 1 GiB, in bytes. The default is 64 MiB.</value>
    [Range(1024, 1024 * 1024 * 1024)]
    public int AnswerBytesMax { get; set; } = 64 * 1024 * 1024;
}
