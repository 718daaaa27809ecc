namespace Orchestrator.Decisions.Sessions;

/// <summary>How much a session holds, and for how long.</summary>
/// <param name="WaitingMax">Messages that may wait for their turn.</param>
/// <param name="TurnsMax">Turns remembered word by word; older ones go into the summary.</param>
/// <param name="TurnsTold">Of those, the newest that an agent is told with each message.</param>
/// <param name="MessageBytesMax">A message's data.</param>
/// <param name="KeptBytesMax">Data, and a reply, that are remembered; larger ones are in the workflow only.</param>
/// <param name="StateBytesMax">What one agent may have handed in again.</param>
/// <param name="FactsMax">Facts remembered.</param>
/// <param name="SeenMax">Messages whose repetition is known, the newest.</param>
/// <param name="IdleMax">After so long without a change a session is forgotten.</param>
/// <param name="ClosedMax">So long after it was closed it is forgotten.</param>
/// <param name="MessageTimeout">For each attempt at answering a message.</param>
public sealed record SessionPolicy(
    int WaitingMax, int TurnsMax, int TurnsTold, int MessageBytesMax, int KeptBytesMax, int StateBytesMax, int FactsMax, int SeenMax, TimeSpan IdleMax, TimeSpan ClosedMax, TimeSpan MessageTimeout)
{
    public static SessionPolicy Default { get; } = new(
        16, 50, 10, 65_536, 16_384, 131_072, 100, 200, TimeSpan.FromDays(30), TimeSpan.FromDays(7), TimeSpan.FromSeconds(60));

    /// <summary>Characters of a fact's name.</summary>
    public const int FactNameMax = 100;

    /// <summary>Bytes of a fact.</summary>
    public const int FactBytesMax = 1_024;

    /// <summary>Characters of the summary's text.</summary>
    public const int SummaryLengthMax = 2_000;

    /// <summary>Agents of a session.</summary>
    public const int AgentsMax = 8;
}
