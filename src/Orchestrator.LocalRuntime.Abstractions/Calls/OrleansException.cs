namespace Orchestrator.LocalRuntime;

/// <summary>The root of what the runtime itself throws. It bears the name it has in Orleans, so that a catch clause compiles against both.</summary>
public class OrleansException : Exception
{
    public OrleansException() : base("Unexpected error of the runtime.")
    {
    }

    public OrleansException(string message) : base(message)
    {
    }

    public OrleansException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>The runtime refused to deliver a message. The request did not begin.</summary>
public class OrleansMessageRejectionException(string message) : OrleansException(message);

/// <summary>The process that held, or should have held, the grain is gone or stopping. Whether the request ran is unknown.</summary>
public class SiloUnavailableException(string message) : OrleansMessageRejectionException(message);

/// <summary>A limit of the process is reached; the request did not begin.</summary>
public class LimitExceededException(string message) : OrleansException(message);
