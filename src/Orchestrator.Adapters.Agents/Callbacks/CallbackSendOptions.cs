using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.Agents.Callbacks;

/// <summary>How a callback is sent and signed.</summary>
public sealed class CallbackSendOptions
{
    public const string Section = "Callbacks:Sending";

    /// <summary>How long the receiver may take to answer.</summary>
    /// <value>100 ms to 5 minutes. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The secret that signs callbacks, in Base64, at least 24 bytes. All silos share it.</summary>
    /// <value>A reference, <c>env:NAME</c> or <c>file:PATH</c>. Without one, the secret in <see cref="SigningKeyFile"/> is used.</value>
    [DataType(DataType.Password)]
    public string? SigningKey { get; set; }

    /// <summary>The secret before it, while receivers change over: callbacks carry a signature by each.</summary>
    /// <value>A reference, as <see cref="SigningKey"/>. None by default.</value>
    [DataType(DataType.Password)]
    public string? SigningKeyBefore { get; set; }

    /// <summary>A file that keeps the secret, in Base64; it is made when it is missing.</summary>
    /// <value>Without one, <c>callback.key</c> in the data folder; where there is no such folder there is no secret, and callbacks wait until <see cref="SigningKey"/> is set.</value>
    public string? SigningKeyFile { get; set; }
}
