namespace Orchestrator.Decisions.Agents;

/// <summary>Those who wait for room, by five levels of urgency; within a level groups take turns, within a group the first comes first.</summary>
/// <remarks>
/// The most urgent level goes first, but no level starves: one that has been passed over by <c>passedOverMax</c> grants has the next one
/// (ageing, as multilevel queues have it; counted in grants, so that it holds however slow the agent is). Turns within a level are round robin
/// (J. Nagle, RFC 970): a workflow with a thousand steps and one with a single step wait for each other, not for the thousand.
/// </remarks>
internal sealed class WaitingLine(int passedOverMax)
{
    public const int Levels = 5;

    private readonly Level[] levels = [new(), new(), new(), new(), new()];

    public int Count { get; private set; }

    public int CountAt(int priority) => levels[IndexOf(priority)].Count;

    public void Join(Call call)
    {
        levels[IndexOf(call.Ask.Priority)].Join(call);
        Count++;
    }

    /// <summary>Puts back who was just taken, as if it had never been.</summary>
    public void Return(Call call)
    {
        levels[IndexOf(call.Ask.Priority)].Return(call);
        Count++;
    }

    public void Leave(Call call)
    {
        levels[IndexOf(call.Ask.Priority)].Leave(call);
        Count--;
    }

    /// <summary>Takes out whose turn it is. Somebody must be waiting.</summary>
    public Call Take()
    {
        Level? chosen = null;
        for (var index = Levels - 1; index >= 0; index--)
        {
            var level = levels[index];
            var starves = level.PassedOver >= passedOverMax && (chosen is null || level.PassedOver > chosen.PassedOver);
            if (level.Count > 0 && (chosen is null || starves))
            {
                chosen = level;
            }
        }

        for (var index = 0; levels[index] != chosen; index++)
        {
            levels[index].PassedOver = levels[index].Count == 0 ? 0 : levels[index].PassedOver + 1;
        }

        chosen.PassedOver = 0;
        Count--;
        return chosen.Take();
    }

    /// <summary>
    /// The place of a waiting call, from 1: not more than so many grants away while nobody joins, those to levels passed over apart.
    /// It is a bound and not a count, because counting would cost a walk along every group.
    /// </summary>
    public int PositionOf(Call call)
    {
        var own = IndexOf(call.Ask.Priority);
        var ahead = levels[own].BoundAhead(call);
        for (var index = own + 1; index < Levels; index++)
        {
            ahead += levels[index].Count;
        }

        return ahead + 1;
    }

    /// <summary>When the longest waiting call asked; null when nobody waits. Walks along the groups, so it is for those who watch, not for those who call.</summary>
    public DateTimeOffset? OldestAskedAt() => levels.Select(level => level.OldestAskedAt()).Min();

    private static int IndexOf(int priority) => Math.Clamp(priority, 1, Levels) - 1;

    private sealed class Level
    {
        private readonly Dictionary<string, GroupLine> groups = [];
        private GroupLine? turn;

        public int Count { get; private set; }

        /// <summary>How many grants in a row went to more urgent levels while this one waited.</summary>
        public int PassedOver { get; set; }

        public void Join(Call call)
        {
            var line = LineOf(call.Ask.Group);
            call.Sequence = line.NextSequence++;
            line.Append(call);
            call.Line = line;
            Count++;
        }

        public void Return(Call call)
        {
            turn = LineOf(call.Ask.Group);
            (call.Sequence, turn.NextSequence) = turn.First is { } first ? (first.Sequence - 1, turn.NextSequence) : (0, 1);
            turn.Prepend(call);
            call.Line = turn;
            Count++;
        }

        public Call Take()
        {
            var line = turn!;
            var call = line.First!;
            turn = line.After;
            Leave(call);
            return call;
        }

        public void Leave(Call call)
        {
            var line = call.Line!;
            line.Remove(call);
            call.Line = null;
            Count--;
            if (line.Count == 0)
            {
                groups.Remove(line.Group);
                turn = turn == line ? line.After : turn;
                turn = groups.Count == 0 ? null : turn;
                (line.Before.After, line.After.Before) = (line.After, line.Before);
            }
        }

        public int BoundAhead(Call call)
        {
            // Before the call with k ahead of it in its group has its turn, every other group had at most k + 1 turns.
            var inGroup = call.Sequence - call.Line!.First!.Sequence;
            return (int)Math.Min(Count - 1, ((inGroup + 1) * groups.Count) - 1);
        }

        // Within a group the first comes first, so its head is its oldest.
        public DateTimeOffset? OldestAskedAt() => groups.Values.Min(line => line.First?.AskedAt);

        private GroupLine LineOf(string group)
        {
            if (!groups.TryGetValue(group, out var line))
            {
                line = new GroupLine(group);
                groups.Add(group, line);

                // A new group's turn comes after that of every group that waits already.
                if (turn is not null)
                {
                    (line.Before, line.After) = (turn.Before, turn);
                    (turn.Before.After, turn.Before) = (line, line);
                }

                turn ??= line;
            }

            return line;
        }
    }
}

/// <summary>Those of one group who wait at one level; a link in the ring of groups.</summary>
internal sealed class GroupLine : CallChain
{
    public GroupLine(string group)
    {
        Group = group;
        (Before, After) = (this, this);
    }

    public string Group { get; }

    public GroupLine Before { get; set; }

    public GroupLine After { get; set; }

    public long NextSequence { get; set; }
}
