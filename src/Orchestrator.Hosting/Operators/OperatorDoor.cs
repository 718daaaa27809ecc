using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Hosting.Operators;

/// <summary>Asks a caller for an operator's key: <c>Authorization: Bearer KEY</c>, or HTTP Basic with the operator's name and key, which browsers ask their users for.</summary>
/// <remarks>Where a caller comes from decides nothing: behind a proxy everybody comes from the same place.</remarks>
public sealed partial class OperatorDoor(OperatorKeys keys, TimeProvider clock, ILogger<OperatorDoor> logger)
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private long? logged;
    private int unlogged;

    /// <summary>The operator who sends this request. Null after 401 was set, with what it takes to be let in.</summary>
    public string? LetIn(HttpContext http)
    {
        var operatorName = HolderOf(http.Request.Headers.Authorization.ToString());
        if (operatorName is null)
        {
            Refuse(http);
        }

        return operatorName;
    }

    /// <summary>Sets 401, with what it takes to be let in, and tells the log.</summary>
    public void Refuse(HttpContext http)
    {
        Refused(http.Request.Path);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.Append("WWW-Authenticate", "Basic realm=\"operators\", charset=\"UTF-8\"");
        http.Response.Headers.Append("WWW-Authenticate", "Bearer realm=\"operators\"");
    }

    /// <summary>The operator whose key stands in an <c>Authorization</c> header; null when nobody's does.</summary>
    public string? HolderOf(string header)
    {
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return keys.Find(header[Bearer.Length..].Trim());
        }

        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = header[Basic.Length..].Trim();
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var name, var key]
            ? keys.Find(key, name)
            : null;
    }

    // A browser asks once without a key before it asks its user, and somebody who tries keys tries many: one line a second tells of both.
    private void Refused(PathString path)
    {
        int count;
        lock (gate)
        {
            unlogged++;
            if (logged is { } last && clock.GetElapsedTime(last) < LogEvery)
            {
                return;
            }

            logged = clock.GetTimestamp();
            count = unlogged;
            unlogged = 0;
        }

        LogRefused(count, path);
    }

    [LoggerMessage(EventId = 7101, EventName = "OperatorRefused", Level = LogLevel.Warning,
        Message = "{Count} requests without a known operator's key were refused since the last such line, the last one for {Path}")]
    private partial void LogRefused(int count, PathString path);
}
