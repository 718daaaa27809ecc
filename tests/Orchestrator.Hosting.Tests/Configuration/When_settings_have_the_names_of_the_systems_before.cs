using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

public sealed class When_settings_have_the_names_of_the_systems_before : IDisposable
{
    private readonly Settings settings = new();

    public void Dispose() => settings.Dispose();

    [Theory] // S2-32…38, S4-08, S4-25, S4-45…49
    [InlineData("agent: {name: orchestration_agent}", "Api:Name", "orchestration_agent")]
    [InlineData("agent: {host: 127.0.0.1, port: 8000}", "Api:Urls", "http://127.0.0.1:8000")]
    [InlineData("agent: {port: 9000}", "Api:Urls", "http://0.0.0.0:9000")]
    [InlineData("routing_rules: [{pattern: upload_pdf}]", "Routes:Rules:0:Pattern", "upload_pdf")]
    [InlineData("routing_rules: [{target_agent: content_ingestion_agent}]", "Routes:Rules:0:TargetAgent", "content_ingestion_agent")]
    [InlineData("routing_rules: [{endpoint: 'http://localhost:8001/ingest'}]", "Routes:Rules:0:Endpoint", "http://localhost:8001/ingest")]
    [InlineData("routing_rules: [{pattern: a}, {timeout: 300}]", "Routes:Rules:1:Timeout", "00:05:00")]
    [InlineData("routing_rules: [{priority: 2}]", "Routes:Rules:0:Priority", "2")]
    [InlineData("load_balancing: {strategy: round_robin}", "Agents:Defaults:Balancing", "RoundRobin")]
    [InlineData("load_balancing: {enabled: true, algorithm: weighted_round_robin}", "Agents:Defaults:Balancing", "WeightedRoundRobin")]
    [InlineData("load_balancing: {algorithm: weighted}", "Agents:Defaults:Balancing", "Scored")]
    [InlineData("load_balancing: {health_check_interval: 30}", "Agents:Defaults:HealthCheckInterval", "00:00:30")]
    [InlineData("health_check_interval: 30", "Agents:Defaults:HealthCheckInterval", "00:00:30")]
    [InlineData("load_balancing: {max_connections_per_agent: 100}", "Agents:Defaults:Concurrency", "100")]
    [InlineData("error_recovery: {max_retries: 3}", "Tasks:AttemptsMax", "4")]
    [InlineData("error_recovery: {retry_delay: 1.5}", "Tasks:RetryDelay", "00:00:01.5000000")]
    [InlineData("error_recovery: {backoff_multiplier: 2}", "Tasks:BackoffMultiplier", "2")]
    [InlineData("error_recovery: {circuit_breaker_threshold: 5}", "Agents:Defaults:FailureThreshold", "5")]
    [InlineData("circuit_breaker: {enabled: true, failure_threshold: 5}", "Agents:Defaults:FailureThreshold", "5")]
    [InlineData("circuit_breaker: {recovery_timeout: 60}", "Agents:Defaults:RecoveryTimeout", "00:01:00")]
    [InlineData("message_queue: {type: rabbitmq}", "MessageQueue:Type", "rabbitmq")]
    [InlineData("message_queue: {host: localhost}", "MessageQueue:Host", "localhost")]
    [InlineData("message_queue: {port: 5672}", "MessageQueue:Port", "5672")]
    [InlineData("priority_queue: {max_queue_size: 10000}", "Agents:Defaults:QueueMax", "10000")]
    [InlineData("rate_limiting: {default_rate: 100}", "Agents:Defaults:PerMinute", "100")]
    [InlineData("rate_limiting: {burst_size: 20}", "Agents:Defaults:Burst", "20")]
    [InlineData("rate_limiting: {burst_size: 5}", "Agents:Defaults:PerMinute", "100")]
    [InlineData("rate_limiting: {enabled: true}", "Agents:Defaults:PerMinute", "100")]
    [InlineData("rate_limiting: {}", "Agents:Defaults:PerMinute", "100")]
    [InlineData("rate_limiting:", "Agents:Defaults:PerMinute", "100")]
    [InlineData("rate_limiting: {burst_size: 5}\nagents: {defaults: {perMinute: 7}}", "Agents:Defaults:PerMinute", "7")]
    [InlineData("routing_strategy: hybrid", "Routing:Strategy", "Hybrid")]
    [InlineData("max_concurrent_requests: 100", "Tasks:RequestsMax", "100")]
    [InlineData("request_timeout: 300", "Tasks:Timeout", "00:05:00")]
    [InlineData("metrics: {detailed_logging: false}", "Log:Level", "Information")]
    [InlineData("metrics: {detailed_logging: true}", "Log:Level", "Debug")]
    [InlineData("metrics: {retention_days: 7}", "Tasks:RequestMetricsFor", "7.00:00:00")]
    public void they_mean_ours(string file, string ours, string value)
    {
        settings.File("orchestrator.yaml", file + "\n");
        settings.Load()[ours].ShouldBe(value);
    }

    [Theory] // S2-38
    [InlineData("load_balancing: {strategy: round_robin}")]
    [InlineData("rate_limiting: {enabled: false, default_rate: 50, burst_size: 5}")]
    public void without_a_rate_or_with_one_that_is_off_agents_have_none(string file)
    {
        settings.File("orchestrator.yaml", file + "\n");
        var configuration = settings.Load();
        (configuration["Agents:Defaults:PerMinute"], configuration["Agents:Defaults:Burst"]).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("rate_limiting:\n  default_rat: 5\n", "orchestrator.yaml:2:3 unknown setting rate_limiting")]
    public void a_mistyped_rate_is_not_passed_over(string file, string problem)
    {
        settings.File("orchestrator.yaml", file);
        settings.Refusal().ShouldContain(problem);
    }

    [Theory]
    [InlineData("circuit_breaker:\n  enabled: false\n", "orchestrator.yaml:2:3 circuit_breaker:enabled is true here and cannot be turned off, found 'false'")]
    [InlineData("request_timeout: soon\n", "orchestrator.yaml:1:1 request_timeout is a number, found 'soon'")]
    [InlineData("request_timeout: -1\n", "orchestrator.yaml:1:1 request_timeout is a number, found '-1'")]
    [InlineData("error_recovery:\n  max_retries: many\n", "orchestrator.yaml:2:3 error_recovery:max_retries is a number, found 'many'")]
    [InlineData("routing_strategy: llm\nrouting:\n  strategy: Simple\n", "orchestrator.yaml:3:3 routing:strategy means routing:strategy, which routing_strategy has set to another value already")]
    public void what_cannot_be_meant_is_pointed_at(string file, string problem)
    {
        settings.File("orchestrator.yaml", file);
        Should.Throw<ConfigurationRefusedException>(() => settings.Load()).Message.ShouldContain(problem);
    }

    [Fact]
    public void a_mistyped_one_is_unknown_as_any_other()
    {
        settings.File("orchestrator.yaml", "routing_rules:\n  - patern: a\n");
        settings.Refusal().ShouldContain("orchestrator.yaml:2:5 unknown setting routing_rules");
    }
}
