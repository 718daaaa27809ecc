namespace Orchestrator.ApiHost.Requests;

/// <summary>One segment of a path that may hold a slash of its own.</summary>
internal static class PathSegment
{
    /// <summary>Routing decodes a segment except for its slashes, so that they do not part it; here the segment is known, and they come back.</summary>
    public static string Decode(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
