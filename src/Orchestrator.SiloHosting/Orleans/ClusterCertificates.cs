using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Cluster;
using Orleans.Connections.Security;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>This process's certificate, and whose certificates it takes.</summary>
/// <remarks>Who signed decides, not the name: silos have addresses that change, and whoever has a key of this authority is one of us.</remarks>
internal sealed class ClusterCertificates
{
    private readonly X509Certificate2 own;
    private readonly X509Certificate2Collection authorities;

    private ClusterCertificates(X509Certificate2 own, X509Certificate2Collection authorities)
    {
        this.own = own;
        this.authorities = authorities;
    }

    /// <exception cref="ConfigurationRefusedException">A file holds no certificate, or not the key that belongs to it, or the authority has not signed it.</exception>
    public static ClusterCertificates Read(ClusterTlsOptions files)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(files.AuthorityFile!);
            var certificates = new ClusterCertificates(X509Certificate2.CreateFromPemFile(files.CertificateFile!, files.KeyFile!), authorities);
            return certificates.Vouched(certificates.own)
                ? certificates
                : throw new ConfigurationRefusedException([$"{ClusterOptions.Section}:Tls: the certificate in {files.CertificateFile} is over, not valid yet, or not signed by an authority in {files.AuthorityFile}"]);
        }
        catch (CryptographicException cause)
        {
            throw new ConfigurationRefusedException([$"{ClusterOptions.Section}:Tls: expected a certificate, its own key and an authority, all in PEM; {cause.Message}"]);
        }
    }

    public void Apply(TlsOptions tls)
    {
        tls.LocalCertificate = own;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (theirs, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && Vouched(theirs);
    }

    private bool Vouched(X509Certificate2 theirs)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(theirs);
    }
}
