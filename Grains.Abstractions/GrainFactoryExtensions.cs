using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Grains.Completions;
using Orchestrator.Grains.Limits;
using Orchestrator.Grains.Plans;
using Orchestrator.Grains.Queues;
using Orchestrator.Grains.Requests;
using Orchestrator.Grains.Routes;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Schedules;
using Orchestrator.Grains.Sessions;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Subscriptions;
using Orchestrator.Grains.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains;

/// <summary>Reaches grains by typed ids.</summary>
public static class GrainFactoryExtensions
{
    public static IWorkflowGrain Workflow(this IGrainFactory grains, WorkflowId id) => grains.GetGrain<IWorkflowGrain>(id.Value);

    public static IStepGrain Step(this IGrainFactory grains, WorkflowId workflow, StepPath step) =>
        grains.GetGrain<IStepGrain>(workflow.Value + "/" + step.Value);

    public static IWorkflowIndexGrain WorkflowIndex(this IGrainFactory grains) => grains.GetGrain<IWorkflowIndexGrain>(IWorkflowIndexGrain.Key);

    public static IAgentGrain Agent(this IGrainFactory grains, string name) => grains.GetGrain<IAgentGrain>(name);

    public static IAgentDirectoryGrain AgentDirectory(this IGrainFactory grains) => grains.GetGrain<IAgentDirectoryGrain>(IAgentDirectoryGrain.Key);

    public static ISatisfactionGrain Satisfaction(this IGrainFactory grains, WorkflowId request) => grains.GetGrain<ISatisfactionGrain>(request.Value);

    public static IRouterGrain Router(this IGrainFactory grains) => grains.GetGrain<IRouterGrain>(IRouterGrain.Key);

    public static IRouteTableGrain RouteTable(this IGrainFactory grains) => grains.GetGrain<IRouteTableGrain>(IRouteTableGrain.Key);

    public static ILimitGrain Limit(this IGrainFactory grains, string name) => grains.GetGrain<ILimitGrain>(name);

    public static ILimitDirectoryGrain LimitDirectory(this IGrainFactory grains) => grains.GetGrain<ILimitDirectoryGrain>(ILimitDirectoryGrain.Key);

    public static IBreakerGrain Breaker(this IGrainFactory grains, string agent, string instance) => grains.GetGrain<IBreakerGrain>(agent + "/" + instance);

    public static IPlanCatalogGrain Plan(this IGrainFactory grains, string name) => grains.GetGrain<IPlanCatalogGrain>(name);

    public static IPlanDirectoryGrain PlanDirectory(this IGrainFactory grains) => grains.GetGrain<IPlanDirectoryGrain>(IPlanDirectoryGrain.Key);

    public static IScheduleGrain Schedule(this IGrainFactory grains, string name) => grains.GetGrain<IScheduleGrain>(name);

    public static IScheduleDirectoryGrain ScheduleDirectory(this IGrainFactory grains) => grains.GetGrain<IScheduleDirectoryGrain>(IScheduleDirectoryGrain.Key);

    public static ITopicGrain Topic(this IGrainFactory grains, TopicName topic) => grains.GetGrain<ITopicGrain>(topic.Value);

    public static ITopicReaderGrain TopicReader(this IGrainFactory grains, TopicName topic) => grains.GetGrain<ITopicReaderGrain>(topic.Value);

    public static IWorkflowNewsGrain WorkflowNews(this IGrainFactory grains) => grains.GetGrain<IWorkflowNewsGrain>(IWorkflowNewsGrain.Key);

    public static ICallbackGrain Callback(this IGrainFactory grains, WorkflowId workflow) => grains.GetGrain<ICallbackGrain>(workflow.Value);

    public static ICallbackRelayGrain CallbackRelay(this IGrainFactory grains) => grains.GetGrain<ICallbackRelayGrain>(ICallbackRelayGrain.Key);

    public static ICompletionGrain Completions(this IGrainFactory grains) => grains.GetGrain<ICompletionGrain>(ICompletionGrain.Key);

    public static IBlobGrain Blobs(this IGrainFactory grains) => grains.GetGrain<IBlobGrain>(IBlobGrain.Key);

    public static IResultRelayGrain ResultRelay(this IGrainFactory grains) => grains.GetGrain<IResultRelayGrain>(IResultRelayGrain.Key);

    public static ISubscriptionTableGrain SubscriptionTable(this IGrainFactory grains) => grains.GetGrain<ISubscriptionTableGrain>(ISubscriptionTableGrain.Key);

    public static ISubscriptionGrain Subscription(this IGrainFactory grains, string name) => grains.GetGrain<ISubscriptionGrain>(name);

    public static ITopicIndexGrain TopicIndex(this IGrainFactory grains) => grains.GetGrain<ITopicIndexGrain>(ITopicIndexGrain.Key);

    public static ISessionGrain Session(this IGrainFactory grains, SessionId id) => grains.GetGrain<ISessionGrain>(id.Value);

    public static ISessionIndexGrain SessionIndex(this IGrainFactory grains) => grains.GetGrain<ISessionIndexGrain>(ISessionIndexGrain.Key);

    public static ILearnerGrain Learner(this IGrainFactory grains, string learner) => grains.GetGrain<ILearnerGrain>(learner);
}
