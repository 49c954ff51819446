using AgentGateway.Tasker.Commands;

return await CommandTable.RunAsync(args);
