using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.ApiHost.Safety;

/// <summary>Marks the endpoints that start work, which <see cref="IntakeLimit"/> counts.</summary>
internal sealed record StartsWork;

/// <summary>How often one caller may start work over HTTP. Nothing is counted where no rate is set.</summary>
/// <remarks>
/// A caller is whoever the credentials name; without credentials the address it calls from, of IPv6 the network of 64 bits, because whoever has one has all of them.
/// Each process counts for itself, and anew after a restart. The headers are those of draft-ietf-httpapi-ratelimit-headers-11, a draft as of 2026.
/// </remarks>
internal sealed class IntakeLimit
{
    private const string Anonymous = "address:";
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly IntakeMeter? meter;
    private readonly string policy = "";
    private readonly string? keyHeader;

    public IntakeLimit(IOptions<ApiOptions> options, TimeProvider clock)
    {
        this.clock = clock;
        if (options.Value.StartsPerSecond is not { } perSecond)
        {
            return;
        }

        var rate = new LimitRate(perSecond, TimeSpan.FromSeconds(1), options.Value.StartsBurst ?? perSecond);
        meter = new IntakeMeter(rate, options.Value.StartsKeysMax);
        keyHeader = options.Value.StartsKeyHeader;

        // A bucket that fills evenly, told as a quota: so much within the time it takes to fill.
        var window = Math.Max(1, (long)Math.Ceiling((double)rate.Burst / perSecond));
        policy = string.Create(CultureInfo.InvariantCulture, $"\"starts\";q={Math.Max(rate.Burst, perSecond)};w={window}");
    }

    /// <summary>Null when the request is taken.</summary>
    public ApiProblem? Check(HttpContext http)
    {
        if (meter is null || http.GetEndpoint()?.Metadata.GetMetadata<StartsWork>() is null)
        {
            return null;
        }

        Intake intake;
        var key = KeyOf(http);
        lock (gate)
        {
            intake = meter.Ask(key, clock.GetUtcNow());
        }

        http.Response.Headers["RateLimit-Policy"] = policy;
        http.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"starts\";r={Math.Max(0, intake.Remaining)};t={(long)Math.Ceiling(intake.ResetIn.TotalSeconds)}");
        return intake.Taken ? null : ApiProblem.Of("request.too_often", "This caller starts work more often than its rate lets it.") with { RetryAfter = intake.RetryIn };
    }

    private string KeyOf(HttpContext http)
    {
        if (http.User.Identity?.Name is { Length: > 0 } name)
        {
            return "user:" + name;
        }

        if (keyHeader is not null && http.Request.Headers[keyHeader].ToString() is { Length: > 0 } given)
        {
            return "header:" + (given.Length <= LimitKeys.LengthMax ? given : given[..LimitKeys.LengthMax]);
        }

        return Anonymous + http.Connection.RemoteIpAddress switch
        {
            null => "",
            { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).ToString(),
            { } address => address.ToString(),
        };
    }
}
