using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Reviews;

/// <summary>Something to be learned.</summary>
/// <param name="Sentence">A sentence that uses it, if one is known.</param>
/// <param name="Grades">How earlier reviews went, 0 to 5, the oldest first.</param>
internal sealed record StudyItem(string Term, string? Sentence, ImmutableArray<int> Grades);

/// <summary>One item on one day.</summary>
/// <param name="Review">0 for the day it is first studied, then the number of the review, earlier ones included.</param>
internal sealed record Appointment(DateOnly Day, StudyItem Item, int Review, int IntervalDays);

/// <summary>Spreads the reviews of items over days.</summary>
internal static class ReviewCalendar
{
    /// <summary>The appointments by day, then in the order of the items.</summary>
    /// <param name="newPerDay">Items first studied on one day.</param>
    /// <param name="reviews">Reviews planned for each item.</param>
    /// <param name="grade">The grade that future reviews are expected to get; 4 leaves the easiness as it is.</param>
    public static ImmutableArray<Appointment> Plan(IReadOnlyList<StudyItem> items, DateOnly start, int newPerDay, int reviews, int grade)
    {
        var appointments = new List<Appointment>();
        var studied = 0;
        foreach (var item in items)
        {
            var state = item.Grades.Aggregate(Sm2.New, (known, past) => known.After(past));
            var day = start;
            if (item.Grades.IsEmpty)
            {
                day = start.AddDays(studied++ / newPerDay);
                appointments.Add(new Appointment(day, item, Review: 0, IntervalDays: 0));
                state = state.After(grade);
            }

            // What was reviewed before was last reviewed on the start day, and its state holds the interval to the next.
            for (var review = 1; review <= reviews; review++)
            {
                day = day.AddDays(state.IntervalDays);
                appointments.Add(new Appointment(day, item, item.Grades.Length + review, state.IntervalDays));
                state = state.After(grade);
            }
        }

        return [.. appointments.OrderBy(appointment => appointment.Day)];
    }
}
