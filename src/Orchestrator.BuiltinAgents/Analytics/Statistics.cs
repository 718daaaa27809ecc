using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Analytics;

/// <summary>A straight line through points, and how much of their spread it explains.</summary>
/// <param name="RSquared">From 0 to 1; absent where all values are the same.</param>
internal sealed record Trend(double Slope, double Intercept, double? RSquared);

/// <summary>What numbers look like taken together.</summary>
/// <param name="StandardDeviation">Of the sample (n − 1); absent for a single number.</param>
internal sealed record Summary(
    int Count, double Sum, double Mean, double? StandardDeviation, double Min, double Median, double Max, double P25, double P75, double P90, double P95, double P99);

/// <summary>Descriptive statistics.</summary>
internal static class Statistics
{
    /// <summary>Summarises at least one number.</summary>
    public static Summary Summarize(IReadOnlyCollection<double> values)
    {
        // Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962: no loss where the mean is large.
        var (count, mean, squares) = (0, 0.0, 0.0);
        foreach (var value in values)
        {
            count++;
            var distance = value - mean;
            mean += distance / count;
            squares += distance * (value - mean);
        }

        ImmutableArray<double> sorted = [.. values.Order()];
        return new Summary(
            count, values.Sum(), mean, count > 1 ? Math.Sqrt(squares / (count - 1)) : null,
            sorted[0], Percentile(sorted, 0.5), sorted[^1],
            Percentile(sorted, 0.25), Percentile(sorted, 0.75), Percentile(sorted, 0.9), Percentile(sorted, 0.95), Percentile(sorted, 0.99));
    }

    /// <summary>Type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996: linear between neighbours.</summary>
    public static double Percentile(ImmutableArray<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>The least-squares line; null where fewer than two different x leave it undefined.</summary>
    public static Trend? LeastSquares(IReadOnlyCollection<(double X, double Y)> points)
    {
        if (points.Count < 2)
        {
            return null;
        }

        var meanX = points.Average(point => point.X);
        var meanY = points.Average(point => point.Y);
        var spreadX = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        var spreadY = points.Sum(point => (point.Y - meanY) * (point.Y - meanY));
        var together = points.Sum(point => (point.X - meanX) * (point.Y - meanY));
        if (spreadX <= 0)
        {
            return null;
        }

        var slope = together / spreadX;
        return new Trend(slope, meanY - (slope * meanX), spreadY > 0 ? Math.Min(1, together * together / (spreadX * spreadY)) : null);
    }
}
