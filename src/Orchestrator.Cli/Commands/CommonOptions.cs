using System.CommandLine;
using Orchestrator.Cli.Workflows;

namespace Orchestrator.Cli.Commands;

/// <summary>Options that several commands share, always with the same meaning.</summary>
internal static class CommonOptions
{
    private const string KeyVariable = "ORC_API_KEY";
    private const string FromFile = "file:";

    public static Option<string?> Data() => new("--data")
    {
        Description = "The data folder. The default is ./.orc, or what the configuration says.",
        HelpName = "DIR",
    };

    public static Option<string?> Store()
    {
        var option = new Option<string?>("--store")
        {
            Description = "Where everything is kept: sqlite, in the data folder, or postgres, whose address the configuration names. The default is sqlite, or what the configuration says.",
            HelpName = "STORE",
        };
        return option.AcceptOnlyFromAmong("sqlite", "postgres");
    }

    public static Option<string?> Config() => new("--config")
    {
        Description = "A configuration file in place of ./orchestrator.yaml.",
        HelpName = "FILE",
    };

    public static Option<Uri?> Server() => new("--server")
    {
        Description = "The address of a running server, such as http://127.0.0.1:8080. Without it, the server that has the data folder.",
        HelpName = "URL",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"--server {text}: expected an http or https address, such as http://127.0.0.1:8080.");
            return null;
        },
    };

    public static Option<string?> ApiKey() => new("--api-key")
    {
        Description = $"The key for a server that asks for one, or file:PATH where it stands. The default is the environment's {KeyVariable}, which no list of processes shows.",
        HelpName = "KEY",
    };

    /// <summary>The key to show, from the option or the environment; null for none.</summary>
    /// <exception cref="CommandFailedException">The file cannot be read.</exception>
    public static string? KeyOf(string? option)
    {
        if (option is null || !option.StartsWith(FromFile, StringComparison.Ordinal))
        {
            return option ?? (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null);
        }

        try
        {
            return File.ReadAllText(option[FromFile.Length..]).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"--api-key {option}: {failure.Message}", failure);
        }
    }

    public static Option<OutputForm> Output() => new("--output", "-o")
    {
        Description = "table for people; json prints what the API gives, and nothing else, on standard output.",
        HelpName = "table|json",
        CustomParser = result =>
        {
            switch (result.Tokens.Count == 1 ? result.Tokens[0].Value : "")
            {
                case "table":
                    return OutputForm.Table;
                case "json":
                    return OutputForm.Json;
                case var text:
                    result.AddError($"--output {text}: expected table or json.");
                    return OutputForm.Table;
            }
        },
    };

    public static Option<TimeSpan?> Timeout() => new("--timeout")
    {
        Description = "How long to wait for the end, such as 30s, 5m or 2h; then exit code 5. The workflow itself goes on or is kept.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (Span(text) is { } span)
            {
                return span;
            }

            result.AddError($"--timeout {text}: expected a number with ms, s, m or h, such as 30s.");
            return null;
        },
    };

    private static TimeSpan? Span(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(text.AsSpan(0, digits), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        double? milliseconds = text[digits..] switch
        {
            "ms" => number,
            "" or "s" => number * 1_000,
            "m" => number * 60_000,
            "h" => number * 3_600_000,
            _ => null,
        };
        return milliseconds is > 0 and <= 86_400_000.0 * 365 ? TimeSpan.FromMilliseconds(milliseconds.Value) : null;
    }
}
