using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Npgsql;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>One page of the list of workflows.</summary>
/// <remarks>A page begins at a position and not at an offset, so what is new or gone meanwhile moves nothing. With a tag the walk is along the tag's own rows, which carry the creation time.</remarks>
internal static class WorkflowListing
{
    public static async Task<WorkflowPage> ReadAsync(NpgsqlConnection connection, WorkflowQuery query, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = Sql(query, command.Parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var items = ImmutableArray.CreateBuilder<WorkflowSummary>();
        var more = false;
        while (await rows.ReadAsync(cancellationToken))
        {
            more = items.Count == query.Limit;
            if (!more)
            {
                items.Add(Rows.Workflow(rows));
            }
        }

        return new(items.ToImmutable(), more ? new WorkflowPosition(items[^1].CreatedAt, items[^1].Id) : null);
    }

    private static string Sql(WorkflowQuery query, NpgsqlParameterCollection parameters)
    {
        var conditions = new List<string>();
        var from = new StringBuilder("workflow w");
        var walk = "w";
        foreach (var (name, value) in query.Tags ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            // Along the first tag; the others are looked up for each row it gives.
            var table = string.Create(CultureInfo.InvariantCulture, $"t{parameters.Count}");
            from.Append(CultureInfo.InvariantCulture, $" join workflow_tag {table} on {table}.id = w.id and {table}.created_at = w.created_at");
            conditions.Add($"{table}.name = {Parameter(Rows.Text(name)!)} and {table}.value = {Parameter(Rows.Text(value)!)}");
            walk = walk == "w" ? table : walk;
        }

        if (!query.Statuses.IsDefaultOrEmpty)
        {
            conditions.Add($"w.status in ({string.Join(", ", query.Statuses.Select(status => (int)status))})");
            if (!query.Statuses.Contains(WorkflowStatus.Completed))
            {
                conditions.Add("w.status <> 6"); // So that the index of those that have not completed can be used.
            }
        }

        if (query.WaitingFor is { } wait)
        {
            conditions.Add($"w.waiting_for = {(int)wait}");
        }

        if (query.Plan is { } plan)
        {
            var place = Parameter(plan);
            conditions.Add($"(w.plan_name = {place} or w.plan_id = {place})");
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

        var where = conditions.Count == 0 ? "" : " where " + string.Join(" and ", conditions);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"select {Rows.WorkflowColumns} from {from}{where} order by {walk}.created_at desc, {walk}.id desc limit {query.Limit + 1}");

        string Parameter(object value)
        {
            parameters.Add(new NpgsqlParameter { Value = value is string text ? Rows.Text(text) : value });
            return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
        }
    }
}
