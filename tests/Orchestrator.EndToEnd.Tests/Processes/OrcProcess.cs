using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Orchestrator.EndToEnd.Tests.Processes;

/// <summary>The real program as a real process, with its output line by line.</summary>
public sealed class OrcProcess : IAsyncDisposable
{
    /// <summary>Nothing these tests await takes a tenth of this on an idle machine; a test that reaches it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly Output standard = new();
    private readonly Output error = new();

    private OrcProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => standard.Add(line.Data);
        process.ErrorDataReceived += (_, line) => error.Add(line.Data);
    }

    public string Everything => $"standard output:\n{standard.Text}\nstandard error:\n{error.Text}";

    public string Errors => error.Text;

    /// <param name="folder">The working directory.</param>
    public static OrcProcess Start(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        StartProgram("orc.dll", folder, arguments, environment);

    /// <param name="program">The program's file, beside the tests.</param>
    /// <param name="folder">The working directory.</param>
    public static OrcProcess StartProgram(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        StartTool("dotnet", folder, [Path.Combine(AppContext.BaseDirectory, program), .. arguments], environment);

    /// <param name="tool">A program of this machine, such as <c>sh</c>.</param>
    /// <param name="folder">The working directory.</param>
    public static OrcProcess StartTool(string tool, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(tool)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var orc = new OrcProcess(Process.Start(start)!);
        orc.process.BeginOutputReadLine();
        orc.process.BeginErrorReadLine();
        return orc;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<Finished> RunAsync(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using var orc = Start(folder, arguments, environment);
        return await orc.EndAsync();
    }

    public Task<string> OutputLineAsync(Func<string, bool> wanted) => LineAsync(standard, wanted);

    public Task<string> ErrorLineAsync(Func<string, bool> wanted) => LineAsync(error, wanted);

    /// <summary>Waits until a probe is answered with success.</summary>
    public async Task AnswersAsync(Uri probe)
    {
        using var http = new HttpClient();
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience && !process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(probe);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"{probe} was not answered within {Patience}, or the process ended.\n{Everything}");
    }

    public async Task<Finished> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process did not end within {Patience}.\n{Everything}");
        }

        return new Finished(process.ExitCode, standard.Text, error.Text);
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task<Finished> KillAsync()
    {
        process.Kill();
        return await EndAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt()
    {
        const int InterruptSignal = 2;
        SendSignal(process.Id, InterruptSignal).ShouldBe(0);
    }

    /// <summary>What a platform sends to a process that shall end in good order (SIGTERM).</summary>
    public void Terminate()
    {
        const int TerminateSignal = 15;
        SendSignal(process.Id, TerminateSignal).ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private async Task<string> LineAsync(Output output, Func<string, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await output.Lines.Reader.WaitToReadAsync(patience.Token))
            {
                while (output.Lines.Reader.TryRead(out var line))
                {
                    if (wanted(line))
                    {
                        return line;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The line did not come within {Patience}.\n{Everything}");
        }

        throw new InvalidOperationException($"The process ended without the line.\n{Everything}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private sealed class Output
    {
        private readonly StringBuilder text = new();

        public Channel<string> Lines { get; } = Channel.CreateUnbounded<string>();

        public string Text
        {
            get
            {
                lock (text)
                {
                    return text.ToString();
                }
            }
        }

        public void Add(string? line)
        {
            if (line is null)
            {
                Lines.Writer.TryComplete();
                return;
            }

            lock (text)
            {
                text.Append(line).Append('\n');
            }

            Lines.Writer.TryWrite(line);
        }
    }
}

/// <summary>A process that has ended, and everything it wrote.</summary>
public sealed record Finished(int ExitCode, string Output, string Errors)
{
    /// <summary>Checks the exit code, and shows what the process said when it is another.</summary>
    public Finished Exits(int expected)
    {
        ExitCode.ShouldBe(expected, $"standard output:\n{Output}\nstandard error:\n{Errors}");
        return this;
    }
}
