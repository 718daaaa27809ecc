using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>One page of the list of workflows, by the index that leaves the least to look at.</summary>
/// <remarks>
/// A page begins at a position and not at an offset, so what is new or gone meanwhile moves nothing. With a tag the walk is along the tag's own rows, which
/// carry the creation time; else with statuses other than <c>completed</c> along the rows of those statuses; else along all, newest first.
/// </remarks>
internal static class WorkflowListing
{
    public static WorkflowPage Read(SqliteConnection connection, WorkflowQuery query)
    {
        var parameters = new List<object>();
        using var rows = connection.Prepare(Sql(query, parameters));
        for (var i = 0; i < parameters.Count; i++)
        {
            _ = parameters[i] switch
            {
                long number => rows.Bind(i + 1, number),
                string text => rows.Bind(i + 1, text),
                byte[] key => rows.Bind(i + 1, key),
                var other => throw new InvalidOperationException($"A parameter of the list of workflows is a {other.GetType()}."),
            };
        }

        var items = ImmutableArray.CreateBuilder<WorkflowSummary>();
        while (items.Count < query.Limit && rows.Step())
        {
            items.Add(WorkflowTable.Read(rows));
        }

        var more = items.Count == query.Limit && rows.Step();
        return new(items.ToImmutable(), more ? new WorkflowPosition(items[^1].CreatedAt, items[^1].Id) : null);
    }

    private static string Sql(WorkflowQuery query, List<object> parameters)
    {
        var conditions = new List<string>();
        var from = From(query, parameters, conditions, out var walk);
        if (!query.Statuses.IsDefaultOrEmpty)
        {
            conditions.Add("w.status IN (" + string.Join(", ", query.Statuses.Select(status => ((int)status).ToString(CultureInfo.InvariantCulture))) + ")");
        }

        if (query.WaitingFor is { } wait)
        {
            conditions.Add("w.waiting_for = " + ((int)wait).ToString(CultureInfo.InvariantCulture));
        }

        if (query.Plan is { } plan)
        {
            var place = Parameter(plan);
            conditions.Add($"(w.plan_name = {place} OR w.plan_id = {place})");
        }

        if (query.FailureCode is { } code)
        {
            conditions.Add($"w.failure_code = {Parameter(code)}");
        }

        if (query.CreatedFrom is { } first)
        {
            conditions.Add($"{walk}.created_at >= {Parameter(first.UtcTicks)}");
        }

        if (query.CreatedBefore is { } end)
        {
            conditions.Add($"{walk}.created_at < {Parameter(end.UtcTicks)}");
        }

        if (query.After is { } after)
        {
            conditions.Add($"({walk}.created_at, {walk}.id) < ({Parameter(after.CreatedAt.UtcTicks)}, {Parameter(WorkflowKey.Of(after.Id))})");
        }

        var sql = new StringBuilder("SELECT ").Append(WorkflowTable.Columns).Append(" FROM ").Append(from);
        if (conditions.Count > 0)
        {
            sql.Append(" WHERE ").AppendJoin(" AND ", conditions);
        }

        return sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {walk}.created_at DESC, {walk}.id DESC LIMIT {query.Limit + 1}").ToString();

        string Parameter(object value)
        {
            parameters.Add(value);
            return "?" + parameters.Count.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string From(WorkflowQuery query, List<object> parameters, List<string> conditions, out string walk)
    {
        if (query.Tags is { IsEmpty: false } tags)
        {
            // Along the first tag; the others are looked up for each row it gives.
            var joins = new StringBuilder("workflow_tag t0");
            var number = 0;
            foreach (var (name, value) in tags)
            {
                parameters.Add(name);
                parameters.Add(value);
                var match = string.Create(CultureInfo.InvariantCulture, $"t{number}.name = ?{parameters.Count - 1} AND t{number}.value = ?{parameters.Count}");
                if (number == 0)
                {
                    conditions.Add(match);
                }
                else
                {
                    joins.Append(CultureInfo.InvariantCulture, $" CROSS JOIN workflow_tag t{number} ON {match} AND t{number}.created_at = t0.created_at AND t{number}.id = t0.id");
                }

                number++;
            }

            walk = "t0";
            return joins.Append(" CROSS JOIN workflow w ON w.id = t0.id").ToString();
        }

        walk = "w";
        if (query.Statuses.IsDefaultOrEmpty || query.Statuses.Contains(WorkflowStatus.Completed))
        {
            return "workflow w INDEXED BY workflow_created";
        }

        conditions.Add("w.status <> 6");
        return "workflow w INDEXED BY workflow_status";
    }
}
