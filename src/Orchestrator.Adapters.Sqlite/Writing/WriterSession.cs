using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Journals;
using Orchestrator.Adapters.Sqlite.Topics;

namespace Orchestrator.Adapters.Sqlite.Writing;

/// <summary>The writer's connection with the statements it runs all day.</summary>
internal sealed class WriterSession : IDisposable
{
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;

    public WriterSession(SqliteConnection connection)
    {
        Connection = connection;
        begin = connection.Prepared("BEGIN IMMEDIATE");
        commit = connection.Prepared("COMMIT");
        Journal = new JournalTable(connection);
        Workflows = new WorkflowTable(connection);
        Counts = new CountTable(connection);
        Requests = new RequestTable(connection);
        DeadLetters = new DeadLetterTable(connection);
        Approvals = new ApprovalTable(connection);
        Topics = new TopicTable(connection);
    }

    public SqliteConnection Connection { get; }

    public JournalTable Journal { get; }

    public WorkflowTable Workflows { get; }

    public CountTable Counts { get; }

    public RequestTable Requests { get; }

    public DeadLetterTable DeadLetters { get; }

    public ApprovalTable Approvals { get; }

    public TopicTable Topics { get; }

    public void Begin() => begin.Run();

    public void Commit()
    {
        Counts.Flush();
        Topics.Flush();
        commit.Run();
    }

    public void Dispose() => Connection.Dispose();
}
