using System.Collections.Frozen;

namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>English words that carry grammar rather than subject.</summary>
/// <remarks>
/// Put together by word class (articles, pronouns, determiners, prepositions, conjunctions, auxiliaries, common adverbs and a few verbs of
/// telling) after the approach of Fox, "A stop list for general text", SIGIR Forum 24 (1989); it is kept short, so that terms of a subject
/// are never in it.
/// </remarks>
internal static class StopWords
{
    public static FrozenSet<string> English { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        // Articles and determiners.
        "a", "an", "the", "this", "that", "these", "those", "each", "every", "either", "neither", "some", "any", "no", "none", "all", "both", "few",
        "fewer", "many", "more", "most", "much", "less", "least", "several", "such", "other", "others", "another", "same", "own", "enough", "various",
        // Pronouns.
        "i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves", "you", "your", "yours", "yourself", "yourselves", "he", "him", "his",
        "himself", "she", "her", "hers", "herself", "it", "its", "itself", "they", "them", "their", "theirs", "themselves", "one", "ones", "someone",
        "something", "anyone", "anything", "everyone", "everything", "nobody", "nothing", "who", "whom", "whose", "which", "what", "whatever",
        // Prepositions.
        "about", "above", "across", "after", "against", "along", "among", "around", "as", "at", "before", "behind", "below", "beneath", "beside", "besides",
        "between", "beyond", "by", "despite", "down", "during", "except", "for", "from", "in", "inside", "into", "like", "near", "of", "off", "on", "onto",
        "out", "outside", "over", "past", "per", "since", "through", "throughout", "to", "toward", "towards", "under", "until", "up", "upon", "via", "with",
        "within", "without",
        // Conjunctions and sentence adverbs.
        "and", "or", "but", "nor", "so", "yet", "if", "unless", "because", "although", "though", "while", "whereas", "whether", "than", "then", "when",
        "whenever", "where", "wherever", "why", "how", "however", "therefore", "thus", "hence", "moreover", "instead", "otherwise", "meanwhile",
        // Auxiliaries and the commonest verbs.
        "am", "is", "are", "was", "were", "be", "been", "being", "have", "has", "had", "having", "do", "does", "did", "doing", "done", "will", "would",
        "shall", "should", "can", "could", "may", "might", "must", "ought", "cannot", "get", "gets", "got", "go", "goes", "went", "gone", "come", "comes",
        "came", "make", "makes", "made", "making", "take", "takes", "took", "taken", "taking", "give", "gives", "gave", "given", "giving", "let", "lets",
        "use", "uses", "used", "using", "become", "becomes", "became", "seem", "seems", "say", "says", "said", "call", "calls", "called", "named", "know", "known",
        "keep", "keeps", "kept", "hold", "holds", "held", "need", "needs", "needed", "add", "adds", "added", "begin", "begins", "began", "begun", "show",
        "shows", "shown", "find", "finds", "found", "contain", "contains", "include", "includes", "cause", "causes", "help", "helps", "mean", "means",
        "allow", "allows", "require", "requires", "depend", "depends",
        // Numbers.
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "hundred", "thousand", "million", "millions", "dozens",
        // Adverbs of degree, time and manner.
        "not", "only", "very", "too", "also", "just", "even", "still", "ever", "never", "always", "often", "sometimes", "usually", "again", "once", "twice",
        "now", "here", "there", "already", "almost", "quite", "rather", "well", "away", "back", "together", "alone", "later", "soon", "far", "perhaps",
        // Contracted forms.
        "isn't", "aren't", "wasn't", "weren't", "don't", "doesn't", "didn't", "won't", "wouldn't", "can't", "couldn't", "shouldn't", "hasn't", "haven't",
        "hadn't", "it's", "that's", "there's", "what's", "let's", "i'm", "i've", "i'll", "i'd", "you're", "you've", "you'll", "we're", "we've", "we'll",
        "they're", "they've", "they'll", "he's", "she's");

    public static bool Contains(Word word) => English.Contains(word.Lower) || (word.Lower.Contains('’') && English.Contains(word.Lower.Replace('’', '\'')));
}
