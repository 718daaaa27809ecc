using System.Collections.Immutable;

namespace Orchestrator.Adapters.Postgres.Schema;

/// <summary>One step of the schema. What has been released is never edited: a change is a new step.</summary>
/// <param name="Number">The version of the schema after it.</param>
/// <param name="UsableFrom">
/// The oldest version that a program may know and still use the schema after this step. A step that only adds keeps the number of the step before;
/// a step that takes away names the version whose programs no longer ask for what it took.
/// </param>
internal sealed record SchemaMigration(int Number, int UsableFrom, ImmutableArray<string> Statements);
