using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Orchestrator.Decisions.Plans;

namespace Orchestrator.PlanLanguage.Documents;

/// <summary>What JSON and YAML documents have in common: bytes, text, numbers.</summary>
internal static class DocumentText
{
    /// <summary>Refuses what is too large or no UTF-8, and takes a byte order mark off.</summary>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > DocumentLimits.BytesMax)
        {
            throw new DocumentException(PlanProblemCodes.TooLarge, $"A plan's document has at most {DocumentLimits.BytesMax} bytes, this one has {utf8.Length}.", 1, 1);
        }

        var valid = Utf8.IsValid(utf8.Span) ? utf8.Length : FirstInvalid(utf8.Span);
        if (valid < utf8.Length)
        {
            var place = new TextPlace(utf8.Span);
            place.MoveTo(valid);
            throw new DocumentException(PlanProblemCodes.Syntax, "The document is not UTF-8; the first byte that is not stands here.", place.Line, place.Column);
        }

        return utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
    }

    public static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Refuses numbers that no double can hold and numbers of absurd length.</summary>
    public static NumberNode Number(string json, string written, int line, int column)
    {
        if (json.Length > DocumentLimits.NumberLengthMax || !double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            var shown = written.Length > 40 ? written[..40] + "…" : written;
            throw new DocumentException(PlanProblemCodes.BadNumber, $"'{shown}' is not a number JSON can carry; if it is meant as text, put it in quotes.", line, column);
        }

        return new NumberNode(json, written, line, column);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (at < utf8.Length && Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}

/// <summary>Counts lines and columns up to a byte. Moves forward only, so that a whole document is counted once.</summary>
internal ref struct TextPlace(ReadOnlySpan<byte> utf8)
{
    private readonly ReadOnlySpan<byte> utf8 = utf8;
    private int at;

    public int Line { get; private set; } = 1;

    public int Column { get; private set; } = 1;

    public void MoveTo(long offset)
    {
        for (; at < offset && at < utf8.Length; at++)
        {
            var b = utf8[at];
            if (b == '\n')
            {
                Line++;
                Column = 1;
            }
            else if ((b & 0xC0) != 0x80)
            {
                Column++;
            }
        }
    }
}
