using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>An authority that nobody else trusts, and certificates of its making, as files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly TimeSpan Valid = TimeSpan.FromHours(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orc-authority-");
    private readonly X509Certificate2 own;
    private byte issued;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        own = request.CreateSelfSigned(now - Valid, now + Valid);
        File = Write("ca.crt", own.ExportCertificatePem());
    }

    /// <summary>Its own certificate.</summary>
    public string File { get; }

    /// <summary>The settings of a process with a new certificate of this authority.</summary>
    public (string, string)[] Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(own, own.NotBefore, own.NotAfter, [1, ++issued]);
        return
        [
            ("ORC__Cluster__Tls__CertificateFile", Write(name + ".crt", certificate.ExportCertificatePem())),
            ("ORC__Cluster__Tls__KeyFile", Write(name + ".key", key.ExportPkcs8PrivateKeyPem())),
            ("ORC__Cluster__Tls__AuthorityFile", File),
        ];
    }

    public void Dispose()
    {
        own.Dispose();
        folder.Delete(recursive: true);
    }

    private string Write(string name, string pem)
    {
        var file = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllText(file, pem);
        return file;
    }
}
