/**
 * Names of metrics that are not ours: what the exporters, prom-client's defaults and Prometheus itself tell. Those that
 * rules or dashboards ask for, once. The service's own are in service/src/metrics/catalogue.ts.
 */
export const exported = {
  up: "up",
  alerts: "ALERTS",

  process: {
    cpuSeconds: "process_cpu_seconds_total",
    residentBytes: "process_resident_memory_bytes",
    openFds: "process_open_fds",
    maxFds: "process_max_fds",
    startTime: "process_start_time_seconds",
  },

  /** prom-client's own of Node.js. */
  node: {
    loopDelayP99: "nodejs_eventloop_lag_p99_seconds",
    heapUsed: "nodejs_heap_size_used_bytes",
    heapTotal: "nodejs_heap_size_total_bytes",
    heapSpaceUsed: "nodejs_heap_space_size_used_bytes",
    external: "nodejs_external_memory_bytes",
    gcDuration: "nodejs_gc_duration_seconds",
    activeResources: "nodejs_active_resources",
  },

  /** The exporter's, from nginx' stub status. */
  nginx: {
    up: "nginx_up",
    requests: "nginx_http_requests_total",
    accepted: "nginx_connections_accepted",
    handled: "nginx_connections_handled",
    active: "nginx_connections_active",
    reading: "nginx_connections_reading",
    writing: "nginx_connections_writing",
    waiting: "nginx_connections_waiting",
  },

  /** The exporter's, from Redis' INFO. */
  redis: {
    up: "redis_up",
    clients: "redis_connected_clients",
    memoryUsed: "redis_memory_used_bytes",
    memoryMax: "redis_memory_max_bytes",
    fragmentation: "redis_mem_fragmentation_ratio",
    commands: "redis_commands_total",
    commandSeconds: "redis_commands_duration_seconds_total",
    keys: "redis_db_keys",
    hits: "redis_keyspace_hits_total",
    misses: "redis_keyspace_misses_total",
    expired: "redis_expired_keys_total",
    evicted: "redis_evicted_keys_total",
    aofSize: "redis_aof_current_size_bytes",
    aofLastWrite: "redis_aof_last_write_status",
    netInput: "redis_net_input_bytes_total",
    netOutput: "redis_net_output_bytes_total",
  },

  /** Prometheus' of itself. */
  prometheus: {
    blockBytes: "prometheus_tsdb_storage_blocks_bytes",
    walBytes: "prometheus_tsdb_wal_storage_size_bytes",
    headBytes: "prometheus_tsdb_head_chunks_storage_size_bytes",
    limitBytes: "prometheus_tsdb_retention_limit_bytes",
    walWritesFailed: "prometheus_tsdb_wal_writes_failed_total",
    compactionsFailed: "prometheus_tsdb_compactions_failed_total",
  },
} as const;
