using System.Globalization;
using Orchestrator.Testing.Servers;

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
    public static string? Account { get; } = ServerAccount.FirstOf("postgres", "nobody");

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

        return ServerAccount.SwitchUser is null ? "the server does not run as root, and setpriv (of util-linux) was not found" : null;
    }

    /// <summary>Starts a program of the server's and becomes it, as the account the server runs as.</summary>
    public static IEnumerable<string> Command(string program) => ServerAccount.Command(Account, Path.Combine(Folder!, program));

    private static IEnumerable<string> Candidates()
    {
        var versions = from parent in Parents
                       where Directory.Exists(parent)
                       from folder in Directory.EnumerateDirectories(parent)
                       let name = Path.GetFileName(folder)
                       let digits = name.StartsWith("postgresql@", StringComparison.Ordinal) ? name["postgresql@".Length..] : name
                       where int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version >= VersionMin
                       orderby int.Parse(digits, CultureInfo.InvariantCulture) descending
                       select Path.Combine(folder, "bin");
        return ServerAccount.PathFolders().Concat(versions).Concat(Folders);
    }

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
