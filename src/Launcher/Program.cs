using AgentGateway.Launcher.Commands;

return await CommandTable.RunAsync(args);
