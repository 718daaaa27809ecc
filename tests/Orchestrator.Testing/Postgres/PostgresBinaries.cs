using System.Globalization;

namespace Orchestrator.Testing.Postgres;

/// <summary>Where this machine has a PostgreSQL that a test can start.</summary>
internal static class PostgresBinaries
{
    /// <summary>The oldest major version the product is tried on.</summary>
    private const int VersionMin = 14;

    private static readonly string[] Parents = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];

    private static readonly string[] Folders = ["/usr/pgsql/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];

    /// <summary>The folder of the newest version that has what a server needs; null when there is none.</summary>
    public static string? Folder { get; } = Candidates().FirstOrDefault(IsComplete);

    /// <summary>The account the server runs as; null when it runs as ours. The server refuses to run as root.</summary>
    public static string? Account { get; } = Environment.IsPrivilegedProcess ? FirstAccount("postgres", "nobody") : null;

    /// <summary>Why no server can be started here; null when one can.</summary>
    public static string? WhyNot()
    {
        if (OperatingSystem.IsWindows())
        {
            return "a private server is started on Linux and macOS only";
        }

        if (Folder is null)
        {
            return "initdb and postgres were found neither in PATH nor in /usr/lib/postgresql/*/bin";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (Account is null)
        {
            return "the server does not run as root, and there is neither an account 'postgres' nor 'nobody'";
        }

        return SwitchUser is null ? "the server does not run as root, and setpriv (of util-linux) was not found" : null;
    }

    /// <summary>Starts a program of the server's and becomes it, as the account the server runs as.</summary>
    public static IEnumerable<string> Command(string program)
    {
        var file = System.IO.Path.Combine(Folder!, program);
        return Account is null ? [file] : [SwitchUser!, $"--reuid={Account}", $"--regid={GroupOf(Account)}", "--clear-groups", "--", file];
    }

    /// <summary>The program by which root becomes another user without a process in between.</summary>
    private static string? SwitchUser { get; } = Path("setpriv");

    private static string? Path(string program) => PathFolders().Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Candidates()
    {
        var versions = from parent in Parents
                       where Directory.Exists(parent)
                       from folder in Directory.EnumerateDirectories(parent)
                       let name = System.IO.Path.GetFileName(folder)
                       let digits = name.StartsWith("postgresql@", StringComparison.Ordinal) ? name["postgresql@".Length..] : name
                       where int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version >= VersionMin
                       orderby int.Parse(digits, CultureInfo.InvariantCulture) descending
                       select System.IO.Path.Combine(folder, "bin");
        return PathFolders().Concat(versions).Concat(Folders);
    }

    private static bool IsComplete(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "initdb")) && File.Exists(System.IO.Path.Combine(folder, "postgres"));

    private static string? FirstAccount(params string[] names) => Array.Find(names, name => Accounts().Any(fields => fields[0] == name));

    private static string GroupOf(string account) => Accounts().First(fields => fields[0] == account)[3];

    // Name, password, user, group and more.
    private static IEnumerable<string[]> Accounts()
    {
        const string File = "/etc/passwd";
        return System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).Select(line => line.Split(':')).Where(fields => fields.Length > 3) : [];
    }
}
