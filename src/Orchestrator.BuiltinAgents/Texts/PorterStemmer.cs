namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>Takes the endings off English words, so that "connected" and "connection" meet in "connect".</summary>
/// <remarks>Porter, "An algorithm for suffix stripping", Program 14(3), 1980, step by step. The numbers in the comments are the paper's.</remarks>
internal static class PorterStemmer
{
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    // The longest suffix comes before those it ends with.
    private static readonly string[] Step4 =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    /// <summary>The stem of a word in small letters. A word with anything but the letters a to z, or of one or two letters, is its own stem.</summary>
    public static string Stem(string word)
    {
        if (word.Length <= 2 || !word.All(char.IsAsciiLetterLower))
        {
            return word;
        }

        var stem = Plurals(word);
        stem = PastAndProgressive(stem);
        stem = stem.EndsWith('y') && HasVowel(stem[..^1]) ? stem[..^1] + "i" : stem; // 1c
        stem = ReplaceFirst(stem, Step2);
        stem = ReplaceFirst(stem, Step3);
        stem = DropSuffix(stem);
        return Tidy(stem);
    }

    // 1a
    private static string Plurals(string word) =>
        word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ies", StringComparison.Ordinal) ? word[..^2]
        : word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
        : word;

    // 1b
    private static string PastAndProgressive(string word)
    {
        if (word.EndsWith("eed", StringComparison.Ordinal))
        {
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        }

        var cut = word.EndsWith("ed", StringComparison.Ordinal) ? 2 : word.EndsWith("ing", StringComparison.Ordinal) ? 3 : 0;
        if (cut == 0 || !HasVowel(word[..^cut]))
        {
            return word;
        }

        var stem = word[..^cut];
        return stem switch
        {
            _ when stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal)
                || stem.EndsWith("iz", StringComparison.Ordinal) => stem + "e",
            _ when EndsWithDoubleConsonant(stem) && stem[^1] is not ('l' or 's' or 'z') => stem[..^1],
            _ when Measure(stem) == 1 && EndsConsonantVowelConsonant(stem) => stem + "e",
            _ => stem,
        };
    }

    // 2 and 3: the longest suffix that matches decides, and it changes something only after a stem of measure above zero.
    private static string ReplaceFirst(string word, (string Suffix, string Replacement)[] rules)
    {
        var best = rules.Where(rule => word.EndsWith(rule.Suffix, StringComparison.Ordinal)).OrderByDescending(rule => rule.Suffix.Length).FirstOrDefault();
        return best.Suffix is { } suffix && Measure(word[..^suffix.Length]) > 0 ? word[..^suffix.Length] + best.Replacement : word;
    }

    // 4
    private static string DropSuffix(string word)
    {
        var suffix = Step4.Where(candidate => word.EndsWith(candidate, StringComparison.Ordinal)).MaxBy(candidate => candidate.Length);
        if (suffix is null)
        {
            return word;
        }

        var stem = word[..^suffix.Length];
        var allowed = Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't');
        return allowed ? stem : word;
    }

    // 5a and 5b
    private static string Tidy(string word)
    {
        if (word.EndsWith('e'))
        {
            var stem = word[..^1];
            var measure = Measure(stem);
            word = measure > 1 || (measure == 1 && !EndsConsonantVowelConsonant(stem)) ? stem : word;
        }

        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word) > 1 ? word[..^1] : word;
    }

    // The m of [C](VC)^m[V].
    private static int Measure(string stem)
    {
        var measure = 0;
        for (var index = 1; index < stem.Length; index++)
        {
            measure += IsConsonant(stem, index) && !IsConsonant(stem, index - 1) ? 1 : 0;
        }

        return measure;
    }

    private static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(index => !IsConsonant(stem, index));

    private static bool EndsWithDoubleConsonant(string stem) => stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1);

    // *o in the paper.
    private static bool EndsConsonantVowelConsonant(string stem) =>
        stem.Length >= 3 && IsConsonant(stem, stem.Length - 3) && !IsConsonant(stem, stem.Length - 2) && IsConsonant(stem, stem.Length - 1)
        && stem[^1] is not ('w' or 'x' or 'y');

    // A y is a consonant at the start and after a vowel. Looking back over a run of y's is a loop, so that no word can exhaust the stack.
    private static bool IsConsonant(string word, int index)
    {
        if (word[index] != 'y')
        {
            return word[index] is not ('a' or 'e' or 'i' or 'o' or 'u');
        }

        var first = index;
        while (first > 0 && word[first - 1] == 'y')
        {
            first--;
        }

        var firstIsConsonant = first == 0 || word[first - 1] is 'a' or 'e' or 'i' or 'o' or 'u';
        return (index - first) % 2 == 0 ? firstIsConsonant : !firstIsConsonant;
    }
}
