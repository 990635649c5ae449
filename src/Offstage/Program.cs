using Offstage;

return await CommandLine.RunAsync(args);
