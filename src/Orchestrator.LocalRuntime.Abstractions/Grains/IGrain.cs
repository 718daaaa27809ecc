namespace Orchestrator.LocalRuntime;

/// <summary>Anything that can be called by its identity.</summary>
public interface IAddressable;

/// <summary>The root of grain interfaces. Methods return tasks; arguments and results never change after they were sent.</summary>
public interface IGrain : IAddressable;

/// <summary>An object of a caller which grains may call back. Lives as long as the process which holds it.</summary>
public interface IGrainObserver : IAddressable;

public interface IGrainWithStringKey : IGrain;

public interface IGrainWithGuidKey : IGrain;

public interface IGrainWithIntegerKey : IGrain;

public interface IGrainWithGuidCompoundKey : IGrain;

public interface IGrainWithIntegerCompoundKey : IGrain;
