using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Orchestrator.Hosting.Telemetry;

/// <summary>Keeps what our meters measure and writes it as Prometheus reads it (text exposition format 0.0.4).</summary>
/// <remarks>
/// Every meter whose name begins with <c>Orchestrator</c> is kept. Names get the prefix <c>orc_</c> (names of the S2 system keep <c>orchestrator_</c>), base units
/// and, for counters, <c>_total</c>. Labels that name one thing out of unboundedly many are dropped, and beyond so many series
/// as the host allows the values of labels become <c>other</c>, so that no caller can make the book grow without end. A histogram is some
/// twenty lines for each set of labels, so one has at most a fiftieth of those series.
/// </remarks>
public sealed class MetricBook : IDisposable
{
    /// <summary>Series kept where the host sets no limit of its own.</summary>
    public const int SeriesMaxDefault = 2_000;

    private const string MeterPrefix = "Orchestrator";

    /// <summary>One histogram has the share 1 / this of all series.</summary>
    private const int SeriesToHistogram = 50;

    private static readonly double[] SecondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    private static readonly double[] CountBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

    private readonly object gate = new();
    private readonly MeterListener listener = new();
    private readonly Dictionary<Instrument, Family> families = [];
    private readonly int seriesMax;
    private int series;

    /// <param name="seriesMax">Series kept; what comes later is counted under the label value <c>other</c>.</param>
    public MetricBook(int seriesMax = SeriesMaxDefault)
    {
        this.seriesMax = seriesMax;
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (gate)
            {
                if (families.Remove(instrument, out var gone))
                {
                    series -= gone.Series.Count;
                }
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    /// <summary>Everything measured so far, and what the observable instruments say now.</summary>
    public void Write(StringBuilder text)
    {
        lock (gate)
        {
            // What is observed is told anew each time; a series that is told no longer is gone.
            foreach (var family in families.Values.Where(family => family.Observed))
            {
                series -= family.Series.Count;
                family.Series.Clear();
            }
        }

        listener.RecordObservableInstruments();
        lock (gate)
        {
            // Two hosts in one process publish an instrument twice; a family is written once.
            foreach (var group in families.Values.GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                Exposition.Header(text, group.Key, group.First().Type, group.First().Help);
                foreach (var (labels, one) in group.SelectMany(family => family.Series).GroupBy(pair => pair.Key).Select(pairs => pairs.First()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    one.Write(text, group.Key, labels);
                }
            }
        }
    }

    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Exposition.Labels(tags, known: true);
        lock (gate)
        {
            if (!families.TryGetValue(instrument, out var family))
            {
                families.Add(instrument, family = Family.Of(instrument));
            }

            if (!family.Series.TryGetValue(labels, out var one))
            {
                if (series >= seriesMax || (family.Type == "histogram" && family.Series.Count >= seriesMax / SeriesToHistogram))
                {
                    labels = Exposition.Labels(tags, known: false);
                }

                if (!family.Series.TryGetValue(labels, out one))
                {
                    family.Series.Add(labels, one = family.NewSeries());
                    series++;
                }
            }

            one.Add(value * family.Scale);
        }
    }

    private sealed record Family(string Name, string Type, string Help, bool Observed, double Scale, Func<Series> NewSeries)
    {
        public Dictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);

        public static Family Of(Instrument instrument)
        {
            var kind = instrument.GetType().Name;
            var counter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
            var histogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
            var sums = !instrument.IsObservable && !kind.StartsWith("Gauge", StringComparison.Ordinal);
            var buckets = instrument.Unit is "s" or "ms" ? SecondsBuckets : CountBuckets;
            return new(
                Exposition.Name(instrument.Name, instrument.Unit, counter),
                counter ? "counter" : histogram ? "histogram" : "gauge",
                instrument.Description ?? instrument.Name,
                instrument.IsObservable,
                instrument.Unit == "ms" ? 0.001 : 1,
                histogram ? () => new Buckets(buckets) : () => new Number(sums));
        }
    }

    private abstract class Series
    {
        public abstract void Add(double value);

        public abstract void Write(StringBuilder text, string name, string labels);
    }

    private sealed class Number(bool sums) : Series
    {
        private double number;

        public override void Add(double value) => number = sums ? number + value : value;

        public override void Write(StringBuilder text, string name, string labels) => Exposition.Sample(text, name, labels, number);
    }

    private sealed class Buckets(double[] bounds) : Series
    {
        private readonly long[] counts = new long[bounds.Length + 1];
        private double sum;

        public override void Add(double value)
        {
            var place = Array.BinarySearch(bounds, value);
            counts[place < 0 ? ~place : place]++;
            sum += value;
        }

        public override void Write(StringBuilder text, string name, string labels)
        {
            var total = 0L;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                Exposition.Sample(text, name + "_bucket", (labels.Length == 0 ? "" : labels + ",") + $"le=\"{bound}\"", total);
            }

            Exposition.Sample(text, name + "_sum", labels, sum);
            Exposition.Sample(text, name + "_count", labels, total);
        }
    }
}
