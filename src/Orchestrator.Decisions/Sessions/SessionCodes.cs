namespace Orchestrator.Decisions.Sessions;

/// <summary>Why a session says no.</summary>
public static class SessionCodes
{
    public const string NotFound = "session.not_found";
    public const string Exists = "session.exists";
    public const string Closed = "session.closed";
    public const string Busy = "session.busy";
    public const string Full = "session.queue_full";
    public const string MessageExists = "session.message_exists";
    public const string MessageTooLarge = "session.message_too_large";
    public const string NoSuchAgent = "session.agent_unknown";
}
