using Spectre.Console;

namespace Orchestrator.Cli.Terminals;

/// <summary>Where the program writes: results on standard output, everything else on standard error.</summary>
internal sealed class Terminal
{
    public Terminal()
    {
        var plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        IsLive = !plain && !Console.IsErrorRedirected;
        Notes = Create(Console.Error, IsLive);
        Results = Create(Console.Out, !plain && !Console.IsOutputRedirected);
    }

    /// <summary>Somebody watches standard error, and it can be redrawn.</summary>
    public bool IsLive { get; }

    /// <summary>Somebody can answer a question.</summary>
    public bool CanAsk => IsLive && !Console.IsInputRedirected;

    /// <summary>Somebody looks at standard output.</summary>
    public static bool IsWatched => !Console.IsOutputRedirected;

    public IAnsiConsole Notes { get; }

    public IAnsiConsole Results { get; }

    public void Note(string line) => Console.Error.WriteLine(line);

    public static void Print(ReadOnlySpan<byte> json)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(json);
        output.Write("\n"u8);
    }

    private static IAnsiConsole Create(TextWriter writer, bool live)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = live ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = live ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = live ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!live)
        {
            // Lines in a file are for programs and for grep: they are not folded at a terminal's width.
            console.Profile.Width = 10_000;
        }

        return console;
    }
}
