using System.Collections.Immutable;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Where this process hears that a topic has something new: rung by a topic that lives here, and by the stream that comes from the others.</summary>
/// <remarks>One per process. Any thread may ring. A bell that nobody follows is not kept.</remarks>
public sealed class TopicBells
{
    private readonly Lock gate = new();
    private readonly Dictionary<TopicName, Bell> bells = [];
    private TaskCompletionSource changed = New();

    /// <summary>The topics that somebody in this process follows.</summary>
    public ImmutableArray<TopicName> Followed
    {
        get
        {
            lock (gate)
            {
                return [.. bells.Keys];
            }
        }
    }

    /// <summary>Completes when <see cref="Followed"/> changes after this was read.</summary>
    public Task FollowedChange
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    /// <summary>Follows a topic until the bell is disposed of.</summary>
    public Bell Follow(TopicName topic)
    {
        TaskCompletionSource? told = null;
        Bell bell;
        lock (gate)
        {
            if (!bells.TryGetValue(topic, out bell!))
            {
                bells.Add(topic, bell = new Bell(this, topic));
                (told, changed) = (changed, New());
            }

            bell.Followers++;
        }

        told?.SetResult();
        return bell;
    }

    /// <summary>Says that a topic has had events up to <paramref name="last"/>.</summary>
    public void Ring(TopicName topic, long last)
    {
        Bell? bell;
        lock (gate)
        {
            bell = bells.GetValueOrDefault(topic);
        }

        bell?.Ring(last);
    }

    private void Leave(Bell bell)
    {
        TaskCompletionSource? told = null;
        lock (gate)
        {
            if (--bell.Followers == 0)
            {
                bells.Remove(bell.Topic);
                (told, changed) = (changed, New());
            }
        }

        told?.SetResult();
    }

    // Whoever waits goes on under its own scheduler: what completes this is a grain's turn, and nothing of others is run inside one.
    private static TaskCompletionSource New() => new();

    /// <summary>The bell of one topic.</summary>
    public sealed class Bell : IDisposable
    {
        private readonly TopicBells bells;
        private readonly Lock gate = new();

        // Its continuations belong to grains and go to their schedulers, whoever rings.
        private TaskCompletionSource next = new();
        private long newest;

        internal Bell(TopicBells bells, TopicName topic) => (this.bells, Topic) = (bells, topic);

        internal TopicName Topic { get; }

        internal int Followers { get; set; }

        /// <summary>The highest number that was ever told.</summary>
        public long Newest => Volatile.Read(ref newest);

        /// <summary>Completes at the first ring, after this was read, that tells of something new.</summary>
        public Task Next
        {
            get
            {
                lock (gate)
                {
                    return next.Task;
                }
            }
        }

        public void Dispose() => bells.Leave(this);

        internal void Ring(long last)
        {
            TaskCompletionSource rung;
            lock (gate)
            {
                if (last <= newest)
                {
                    return;
                }

                newest = last;
                (rung, next) = (next, new TaskCompletionSource());
            }

            rung.SetResult();
        }
    }
}
