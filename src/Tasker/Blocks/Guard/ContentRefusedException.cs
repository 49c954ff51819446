namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>Carries a refusal out of the depth of the engine; the editor turns it into an answer.</summary>
public sealed class ContentRefusedException : Exception
{
    public ContentRefusedException(BlockProblem problem)
        : base(problem.Message) => Problem = problem;

    internal ContentRefusedException(string code, string message)
        : this(new BlockProblem { Code = code, Message = message })
    {
    }

    public BlockProblem Problem { get; }
}
