using AgentGateway.Gateway.Commands;

return await CommandTable.RunAsync(args);
