# docker build -f docker/Tasker.Dockerfile .        (from the root of the repository)
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
# The pages on agents foretell their tools from it.
COPY config/manifest.json config/
# Only what the lock files name is restored.
RUN dotnet restore src/Tasker/Tasker.csproj --locked-mode
RUN dotnet publish src/Tasker/Tasker.csproj -c Release --no-restore -o /app

# The runtime and nothing else: no shell, no package manager.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
ENV PATH="/app:$PATH" DOTNET_EnableDiagnostics=0
# A number, so that a cluster can check that it is not root.
USER 1654
EXPOSE 5090 5091
ENTRYPOINT ["/app/tasker"]
CMD ["serve"]
