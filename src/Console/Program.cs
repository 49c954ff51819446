using AgentGateway.Console.Commands;

return await CommandTable.RunAsync(args);
