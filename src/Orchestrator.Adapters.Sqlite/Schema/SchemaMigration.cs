using System.Collections.Immutable;

namespace Orchestrator.Adapters.Sqlite.Schema;

/// <summary>One step of the schema. What has been released is never edited: a change is a new step.</summary>
/// <param name="Number">The <c>user_version</c> of a store after it.</param>
internal sealed record SchemaMigration(int Number, ImmutableArray<string> Statements);
