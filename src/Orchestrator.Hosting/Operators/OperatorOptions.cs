using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Hosting.Operators;

/// <summary>Who may use the API where it asks for keys, and see what is for operators only, such as the dashboard: persons and programs, each with a name, a key and a role.</summary>
public sealed class OperatorOptions
{
    public const string Section = "Operators";

    /// <summary>A key is a secret by itself and not a password somebody thought of, so that nobody guesses it and a plain hash is enough.</summary>
    public const int KeyLengthMin = 20;

    /// <summary>Keys by their holders' names, each told where it is: <c>env:NAME</c> or <c>file:PATH</c>. At least 20 characters.</summary>
    /// <value>None.</value>
    [DataType(DataType.Password)]
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>Keys by their holders' names, each as the SHA-256 of its UTF-8 in 64 hexadecimal digits: nobody who reads the settings learns it.</summary>
    /// <value>None.</value>
    public Dictionary<string, string> KeyHashes { get; set; } = [];

    /// <summary>What holders of keys may do, by their names.</summary>
    /// <value>Viewer, Operator or Admin. Whoever is not named is Operator.</value>
    public Dictionary<string, OperatorRole> Roles { get; set; } = [];
}
