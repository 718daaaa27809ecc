namespace Orchestrator.SiloHosting.Cluster;

/// <summary>Mutual TLS between silos, and between front ends and silos. All three files, or none.</summary>
public sealed class ClusterTlsOptions
{
    /// <summary>This process's certificate, signed by the authority itself, in PEM. It serves for both sides of a connection; a new one is read at the next start.</summary>
    /// <value>A path; null, the default, for connections in the clear.</value>
    public string? CertificateFile { get; set; }

    /// <summary>The certificate's private key, in PEM without a passphrase.</summary>
    /// <value>A path.</value>
    public string? KeyFile { get; set; }

    /// <summary>The certificates of those who may vouch for the others, in PEM. The system's own list counts for nothing here.</summary>
    /// <value>A path.</value>
    public string? AuthorityFile { get; set; }

    public bool IsOn => CertificateFile is not null || KeyFile is not null || AuthorityFile is not null;
}
