namespace Orchestrator.LocalRuntime;

/// <summary>Values that travel with a call to whatever it calls. They go down the chain of calls, never back up.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";

    private static readonly AsyncLocal<Dictionary<string, object>?> Ambient = new();
    private static long reentrancyCounter;

    public static IEnumerable<string> Keys => Ambient.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => Ambient.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>The chain of calls which may re-enter its own members; empty where that was not allowed.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
            {
                Remove(ReentrancyKey);
            }
            else
            {
                Set(ReentrancyKey, value);
            }
        }
    }

    public static object? Get(string key) => Ambient.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    /// <summary>Sets a value for the calls that follow. Values are shared, not copied: they must not change.</summary>
    public static void Set(string key, object value) =>
        // Calls under way hold the old dictionary, so a change makes a new one.
        Ambient.Value = Ambient.Value is { } values ? new Dictionary<string, object>(values) { [key] = value } : new Dictionary<string, object>(1) { [key] = value };

    public static bool Remove(string key)
    {
        if (Ambient.Value is not { } values || !values.ContainsKey(key))
        {
            return false;
        }

        var rest = new Dictionary<string, object>(values);
        rest.Remove(key);
        Ambient.Value = rest.Count == 0 ? null : rest;
        return true;
    }

    public static void Clear()
    {
        if (Ambient.Value is not null)
        {
            Ambient.Value = null;
        }
    }

    /// <summary>Until disposed, calls made from here may call back into this grain although its present request is not done.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new(original, original == Guid.Empty ? NextReentrancyId() : original);
    }

    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    internal static Dictionary<string, object>? Export() => Ambient.Value;

    internal static void Import(Dictionary<string, object>? values)
    {
        if (!ReferenceEquals(Ambient.Value, values))
        {
            Ambient.Value = values;
        }
    }

    internal static Guid ReentrancyIdOf(Dictionary<string, object>? values) =>
        values is not null && values.TryGetValue(ReentrancyKey, out var value) && value is Guid id ? id : Guid.Empty;

    // The id only tells chains of one process apart, so a counter serves and keeps simulations repeatable.
    private static Guid NextReentrancyId()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, Interlocked.Increment(ref reentrancyCounter));
        return new(bytes);
    }

    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid original;
        private readonly Guid current;

        internal ReentrancySection(Guid original, Guid current)
        {
            (this.original, this.current) = (original, current);
            if (current != original)
            {
                ReentrancyId = current;
            }

            if (current != Guid.Empty)
            {
                (TaskScheduler.Current as IReentrantContext)?.EnterReentrantSection(current);
            }
        }

        public void Dispose()
        {
            if (current != Guid.Empty)
            {
                (TaskScheduler.Current as IReentrantContext)?.LeaveReentrantSection(current);
            }

            if (current != original)
            {
                ReentrancyId = original;
            }
        }
    }
}

/// <summary>An activation that keeps account of the call chains it lets in again.</summary>
internal interface IReentrantContext
{
    void EnterReentrantSection(Guid id);

    void LeaveReentrantSection(Guid id);
}
