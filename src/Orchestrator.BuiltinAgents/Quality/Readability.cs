namespace Orchestrator.BuiltinAgents.Quality;

/// <summary>What the readability formulas count.</summary>
/// <param name="Polysyllables">Words of three syllables or more.</param>
/// <param name="ComplexWords">The same without proper names and without those that -es, -ed or -ing made long.</param>
internal readonly record struct ReadabilityCounts(int Sentences, int Words, int Syllables, int Polysyllables, int ComplexWords)
{
    public double WordsPerSentence => (double)Words / Sentences;

    public double SyllablesPerWord => (double)Syllables / Words;

    /// <summary>Flesch, "A new readability yardstick", Journal of Applied Psychology 32, 1948. About 0, very hard, to 100, very easy.</summary>
    public double FleschReadingEase => 206.835 - (1.015 * WordsPerSentence) - (84.6 * SyllablesPerWord);

    /// <summary>Kincaid, Fishburne, Rogers and Chissom, Naval Technical Training Command report 8-75, 1975. A grade of school in the United States.</summary>
    public double FleschKincaidGrade => (0.39 * WordsPerSentence) + (11.8 * SyllablesPerWord) - 15.59;

    /// <summary>Gunning, The Technique of Clear Writing, 1952. Years of schooling.</summary>
    public double GunningFog => 0.4 * (WordsPerSentence + (100.0 * ComplexWords / Words));

    /// <summary>McLaughlin, "SMOG grading: a new readability formula", Journal of Reading 12, 1969. Meant for thirty sentences or more.</summary>
    public double Smog => 3.1291 + (1.0430 * Math.Sqrt(Polysyllables * 30.0 / Sentences));

    /// <summary>The band of a reading ease, in the words of Flesch's table.</summary>
    public static string BandOf(double readingEase) => readingEase switch
    {
        >= 90 => "very easy",
        >= 80 => "easy",
        >= 70 => "fairly easy",
        >= 60 => "standard",
        >= 50 => "fairly difficult",
        >= 30 => "difficult",
        _ => "very difficult",
    };
}
