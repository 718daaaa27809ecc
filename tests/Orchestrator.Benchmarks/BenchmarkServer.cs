using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Benchmarks;

/// <summary>A server in a process of its own, with a folder of its own that is removed afterwards.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private const string Program = "Orchestrator.ApiHost.dll";
    private readonly Process process;
    private readonly string folder;

    private BenchmarkServer(Process process, string folder, Uri url)
    {
        (this.process, this.folder, Url) = (process, folder, url);
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    /// <param name="parent">The folder in which the server's folder is made; the current one where it is null.</param>
    /// <param name="program">The server's assembly; what was built beside this program where it is null.</param>
    /// <param name="settings">Settings of the server, as its command line takes them.</param>
    public static async Task<BenchmarkServer> StartAsync(string? parent, string? program, params string[] settings)
    {
        var folder = Path.Combine(parent ?? Environment.CurrentDirectory, "benchmark-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(folder);
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true };
        program ??= Path.Combine(AppContext.BaseDirectory, "../../Orchestrator.ApiHost/release", Program);
        foreach (var argument in (string[])[Path.GetFullPath(program), "--Api:Urls", url.ToString(), "--Data:Folder", Path.Combine(folder, "data"), .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        var server = new BenchmarkServer(process, folder, url);
        try
        {
            await server.UntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public long Resident()
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task UntilReadyAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await Http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (tries < 600 && !process.HasExited)
            {
                // It is starting.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
