using System.Text.RegularExpressions;

namespace Orchestrator.BuiltinAgents.Security;

/// <summary>What should not stand in a text, each kind by the form its issuer has published, and by its check digits where it has some.</summary>
internal static partial class SecretPatterns
{
    /// <param name="IsReal">Says no to what only looks like one.</param>
    public sealed record Pattern(string Kind, string Severity, Regex Form, Func<string, bool> IsReal);

    public static Pattern[] All { get; } =
    [
        new("private_key", "high", PrivateKey(), Always),
        new("aws_access_key", "high", AwsAccessKey(), Always),
        new("github_token", "high", GitHubToken(), Always),
        new("json_web_token", "high", JsonWebToken(), Always),
        new("password_assignment", "high", PasswordAssignment(), Always),
        new("payment_card", "high", PaymentCard(), IsLuhn),
        new("iban", "medium", Iban(), IsIban),
        new("email", "low", Email(), Always),
    ];

    /// <summary>The check digit of ISO/IEC 7812-1, annex B, which H. P. Luhn patented in 1960.</summary>
    public static bool IsLuhn(string number)
    {
        var digits = number.Where(char.IsAsciiDigit).Select(c => c - '0').Reverse().ToList();
        return digits.Count is >= 13 and <= 19 && digits.Distinct().Count() > 1
            && digits.Select((digit, place) => place % 2 == 0 ? digit : digit > 4 ? (digit * 2) - 9 : digit * 2).Sum() % 10 == 0;
    }

    /// <summary>The remainder of ISO 7064, MOD 97-10, as ISO 13616 asks for.</summary>
    public static bool IsIban(string text)
    {
        var iban = new string([.. text.Where(char.IsAsciiLetterOrDigit)]);
        if (iban.Length is < 15 or > 34)
        {
            return false;
        }

        var remainder = 0;
        foreach (var c in iban[4..] + iban[..4])
        {
            var value = char.IsAsciiDigit(c) ? c - '0' : char.ToUpperInvariant(c) - 'A' + 10;
            remainder = ((remainder * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return remainder == 1;
    }

    private static bool Always(string found) => true;

    // None of them backtracks: the text is anybody's.
    [GeneratedRegex("-----BEGIN (?:RSA |EC |OPENSSH |DSA |ENCRYPTED )?PRIVATE KEY-----", RegexOptions.NonBacktracking)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", RegexOptions.NonBacktracking)]
    private static partial Regex AwsAccessKey();

    [GeneratedRegex(@"\bgh[pousr]_[A-Za-z0-9]{36,255}\b", RegexOptions.NonBacktracking)]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", RegexOptions.NonBacktracking)]
    private static partial Regex JsonWebToken();

    [GeneratedRegex(@"\b(?:password|passwd|secret|api[_-]?key)\b[""']?\s{0,3}[:=]\s{0,3}[""']?[^\s""',;]{6,}", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PasswordAssignment();

    [GeneratedRegex(@"\b[0-9](?:[ -]?[0-9]){12,18}\b", RegexOptions.NonBacktracking)]
    private static partial Regex PaymentCard();

    [GeneratedRegex(@"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", RegexOptions.NonBacktracking)]
    private static partial Regex Iban();

    [GeneratedRegex(@"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Email();
}
