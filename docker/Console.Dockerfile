# docker build -f docker/Console.Dockerfile .        (from the root of the repository)
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY scripts/ scripts/
# Only what the lock files name is restored.
RUN dotnet restore src/Console/Console.csproj --locked-mode
RUN dotnet restore src/Gateway/Gateway.csproj --locked-mode
RUN dotnet publish src/Console/Console.csproj -c Release --no-restore -o /app
RUN dotnet publish src/Gateway/Gateway.csproj -c Release --no-restore -o /app/gateway

# The runtime and nothing else: no shell, no package manager.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
COPY config/ config/
# The gateway's program answers what the reviewers ask; it does not serve here.
ENV PATH="/app:$PATH" DOTNET_EnableDiagnostics=0 \
    CONSOLE_GATEWAY_BINARY=/app/gateway/gateway \
    CONSOLE_MANIFEST_DIR=/app/config
# A number, so that a cluster can check that it is not root.
USER 1654
EXPOSE 5060
ENTRYPOINT ["/app/console"]
CMD ["serve"]
