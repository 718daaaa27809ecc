namespace Orchestrator.Testing.RabbitMq;

/// <summary>Where a broker is, and who may use it.</summary>
public sealed record BrokerAddress(string Host, int Port, string User, string Password, string VirtualHost)
{
    private const int PortDefault = 5672;

    /// <param name="uri"><c>amqp://user:password@host:port/vhost</c>.</param>
    public static BrokerAddress Parse(Uri uri)
    {
        var user = uri.UserInfo.Split(':', 2);
        var virtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return user is [{ Length: > 0 } name, var password]
            ? new(uri.Host, uri.Port > 0 ? uri.Port : PortDefault, Uri.UnescapeDataString(name), Uri.UnescapeDataString(password), virtualHost.Length > 0 ? virtualHost : "/")
            : throw new FormatException($"Expected amqp://user:password@host:port/vhost in {TestRabbitMq.Variable}, found no user and password.");
    }
}
