namespace Orchestrator.ApiHost.Problems;

/// <summary>Marks endpoints whose problems carry <c>status_code</c> beside <c>detail</c>, as the S2 API has it.</summary>
internal sealed class CarriesStatusCode;
