namespace AgentGateway.Tasker.Adapter.Input;

/// <summary>A member that may be absent, null or a value; the three mean different things in a change.</summary>
internal readonly record struct Field<T>(bool Present, T? Value);

/// <summary>A name in a request and where it stood, so that a refusal can point at it.</summary>
internal readonly record struct Named(string Pointer, string Value);
