// What the functions log and measure would stand between the results of every file. Set in each file's own environment: global
// set-ups of all projects share one.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
