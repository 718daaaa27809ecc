var host = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args).Build();
await host.RunAsync();
