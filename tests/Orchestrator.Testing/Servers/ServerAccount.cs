namespace Orchestrator.Testing.Servers;

/// <summary>The account a test's server runs as where the tests run as root, as whom servers refuse to run.</summary>
internal static class ServerAccount
{
    /// <summary>The program by which root becomes another user without a process in between.</summary>
    public static string? SwitchUser { get; } = Program("setpriv");

    /// <summary>The first of these that there is; null where we are not root, and the server runs as we do.</summary>
    public static string? FirstOf(params string[] names) => Environment.IsPrivilegedProcess ? Array.Find(names, name => Accounts().Any(fields => fields[0] == name)) : null;

    /// <summary>Starts a program and becomes it, as this account; null for our own.</summary>
    public static IEnumerable<string> Command(string? account, string file) =>
        account is null ? [file] : [SwitchUser!, $"--reuid={account}", $"--regid={GroupOf(account)}", "--clear-groups", "--", file];

    public static string? Program(string name) => PathFolders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static IEnumerable<string> PathFolders() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static string GroupOf(string account) => Accounts().First(fields => fields[0] == account)[3];

    // Name, password, user, group and more.
    private static IEnumerable<string[]> Accounts()
    {
        const string Passwd = "/etc/passwd";
        return File.Exists(Passwd) ? File.ReadLines(Passwd).Select(line => line.Split(':')).Where(fields => fields.Length > 3) : [];
    }
}
