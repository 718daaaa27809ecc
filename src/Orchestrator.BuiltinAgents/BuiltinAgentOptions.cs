using System.ComponentModel.DataAnnotations;
using Orchestrator.BuiltinAgents.Learning;

namespace Orchestrator.BuiltinAgents;

/// <summary>How much the built-in agents take in, and what they may reach.</summary>
public sealed class BuiltinAgentOptions : IValidatableObject
{
    public const string Section = "BuiltinAgents";

    /// <summary>Bytes of JSON that one request may carry.</summary>
    /// <value>1 KiB to 64 MiB. The default is 8 MiB, enough for a PDF of 6 MB in base64.</value>
    [Range(1_024, 64 * 1_024 * 1_024)]
    public int InputBytesMax { get; set; } = 8 * 1_024 * 1_024;

    /// <summary>Characters of text that one agent reads.</summary>
    /// <value>100 to 10,000,000. The default is 1,000,000, about two novels.</value>
    [Range(100, 10_000_000)]
    public int TextLengthMax { get; set; } = 1_000_000;

    /// <summary>Entries of one list in an input: numbers, events, terms, sections.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int EntriesMax { get; set; } = 10_000;

    /// <summary>Sentences compared with one another at a time; the work grows with the square. Longer texts are ranked block by block.</summary>
    /// <value>10 to 5,000. The default is 500, about twenty pages.</value>
    [Range(10, 5_000)]
    public int RankedSentencesMax { get; set; } = 500;

    /// <summary>Bytes of JSON that the caching agent keeps in the memory of its process.</summary>
    /// <value>1 KiB to 1 GiB. The default is 16 MiB.</value>
    [Range(1_024, 1_073_741_824)]
    public int CacheBytesMax { get; set; } = 16 * 1_024 * 1_024;

    /// <summary>The longest wait that the agent <c>slow</c> agrees to.</summary>
    /// <value>A millisecond to a day. The default is an hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SlowDelayMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The program that turns a PDF into text: poppler's, by name or by full path.</summary>
    /// <value>The default is <c>pdftotext</c>, looked up on the PATH.</value>
    [Required]
    public string PdfToTextProgram { get; set; } = "pdftotext";

    /// <summary>How long one PDF may take.</summary>
    /// <value>A second to ten minutes. The default is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PdfTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The folder below which an input may name a file by <c>path</c>.</summary>
    /// <value>An existing folder, or null, the default: no request reads files.</value>
    public string? InputRoot { get; set; }

    /// <summary>The folder in which the personalization agent finds contents by their ids, as <c>ID.md</c> or <c>ID.txt</c>.</summary>
    /// <value>An existing folder, or null, the default: requests bring the contents.</value>
    public string? ContentsFolder { get; set; }

    /// <summary>The folder in which the personalization agent finds what a person cares about and has seen, as <c>ID.json</c> with <c>interests</c> and <c>seen</c>.</summary>
    /// <value>An existing folder, or null, the default: requests say it.</value>
    public string? ProfilesFolder { get; set; }

    /// <summary>A folder whose <c>*.json</c> files hold items for the learning and tutor agents, in the form of those that ship; of one id the later counts.</summary>
    /// <value>An existing folder, or null, the default: the items that ship. Read once, at start; what cannot be read stops the process.</value>
    public string? ItemsFolder { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? wrong = null;
        try
        {
            ItemBank.With(ItemsFolder);
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            wrong = new ValidationResult(unreadable.Message, [nameof(ItemsFolder)]);
        }

        return wrong is null ? [] : [wrong];
    }
}
