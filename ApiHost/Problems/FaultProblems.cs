using Microsoft.AspNetCore.Diagnostics;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.ApiHost.Problems;

/// <summary>Turns what was thrown into a problem. Nothing of the exception is shown: its text may hold what nobody outside should read.</summary>
internal sealed partial class FaultProblems(ILogger<FaultProblems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        Log(http, exception);
        await Of(exception).ExecuteAsync(http);
        return true;
    }

    /// <summary>What an exception is to whoever asked. Nothing of it is shown.</summary>
    public static ApiProblem Of(Exception exception) => exception switch
    {
        BadHttpRequestException bad => new ApiProblem(ProblemCatalog.ForStatus(bad.StatusCode), "The request could not be read to its end."),
        ClusterAwayException { MayBeDone: true } => ApiProblem.Of("cluster.unanswered", "No silo answered for as long as the request was repeated."),
        ClusterAwayException => ApiProblem.Of("cluster.unavailable", "No silo could be reached for as long as the request was repeated."),
        TimeoutException => ApiProblem.Of("server.busy", "No answer came in time from inside the server."),
        _ when IsStorage(exception, out var full) => full
            ? ApiProblem.Of("storage.full", "The store has no room left.")
            : ApiProblem.Of("storage.unavailable", "The store cannot be reached now."),
        _ => ApiProblem.Of("server.fault", "The server met a fault of its own while it worked on this request."),
    };

    private void Log(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException:
                break;
            case ClusterAwayException:
                LogAway(http.Request.Method, http.Request.Path, exception);
                break;
            case TimeoutException:
                LogTimeout(http.Request.Method, http.Request.Path, exception);
                break;
            case not null when IsStorage(exception, out _):
                // The store itself tells what is the matter; here it is only the requests that met it.
                LogStorage(http.Request.Method, RouteOf(http));
                break;
            default:
                LogFault(http.Request.Method, http.Request.Path, exception);
                break;
        }
    }

    // The wire has no exception for it: commands answer with a refusal, but a read has no reply to put one in. The type is
    // known by its name, because a front end must not see the assembly that throws it.
    private static bool IsStorage(Exception exception, out bool full)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner.GetType().Name == "StorageUnavailableException")
            {
                full = inner.GetType().GetProperty("Full")?.GetValue(inner) is true;
                return true;
            }
        }

        full = false;
        return false;
    }

    private static string RouteOf(HttpContext http) =>
        (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "unrouted";

    [LoggerMessage(EventId = 5001, EventName = "RequestFault", Level = LogLevel.Error, Message = "{Method} {Path} ended in a fault")]
    private partial void LogFault(string method, string path, Exception? exception);

    [LoggerMessage(EventId = 5002, EventName = "RequestStorageAway", Level = LogLevel.Warning, Message = "{Method} {Route} found the store away")]
    private partial void LogStorage(string method, string route);

    [LoggerMessage(EventId = 5004, EventName = "RequestClusterAway", Level = LogLevel.Warning, Message = "{Method} {Path} found no silo to answer")]
    private partial void LogAway(string method, string path, Exception exception);

    [LoggerMessage(EventId = 5003, EventName = "RequestTimeout", Level = LogLevel.Warning, Message = "{Method} {Path} got no answer from inside in time")]
    private partial void LogTimeout(string method, string path, Exception exception);
}
