# docker build -f docker/Gateway.Dockerfile .        (from the root of the repository)
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY scripts/ scripts/
# Only what the lock files name is restored.
RUN dotnet restore src/Gateway/Gateway.csproj --locked-mode
RUN dotnet publish src/Gateway/Gateway.csproj -c Release --no-restore -o /app
RUN mkdir /checkpoints

# The runtime and nothing else: no shell, no package manager.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
COPY config/ config/
ENV PATH="/app:$PATH" DOTNET_EnableDiagnostics=0 \
    NODEDC_AGENT_GATEWAY_CONFIG_DIR=/app/config
# A volume made here belongs to the one who writes the checkpoints.
COPY --from=build --chown=1654:1654 /checkpoints /var/lib/gateway
# A number, so that a cluster can check that it is not root.
USER 1654
EXPOSE 5080
ENTRYPOINT ["/app/gateway"]
CMD ["serve"]
