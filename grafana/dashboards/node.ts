import { type Dashboard, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { nearLimit } from "../../prometheus/alerts.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { recorded } from "../../prometheus/names.ts";
import { board } from "../board.ts";
import { lowIsGood, stacked, timeseries } from "../panels.ts";
import { sumRate } from "../promql.ts";
import { ofReplica, replicaVariable } from "../variables.ts";

const { node: runtime, process } = exported;
const replica = `${resumeJob},${ofReplica}`;

/** Inside the replicas' processes: event loop, memory, garbage collection, descriptors. */
export const node = (): Dashboard =>
  board(
    "node",
    "Node runtime",
    "Inside the replicas' processes: event loop, heap, garbage collection, file descriptors.",
  )
    .withVariable(replicaVariable)
    .withRow(new RowBuilder("Event loop and CPU"))
    .withPanel(
      timeseries({
        title: "Event loop utilisation",
        description: "Share of the time that the loop works. Near 100 % the replica can take no more.",
        unit: PercentUnit,
        thresholds: lowIsGood(0.8, 0.95),
        queries: [{ expr: `${recorded.eventLoopByReplica}{${ofReplica}}`, legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Event loop delay",
        description: "How long a ready callback waits. It is measured every 10 ms, so an idle loop shows 10 ms.",
        unit: Seconds,
        queries: [
          { expr: `max(${runtime.loopDelayP50}{${replica}})`, legend: "p50, the worst replica" },
          { expr: `max(${runtime.loopDelayP99}{${replica}})`, legend: "p99, the worst replica" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Processors that each replica uses.",
        unit: Short,
        queries: [{ expr: `${recorded.cpuByReplica}{${ofReplica}}`, legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Open files and connections",
        description: "Of each replica, and the least that one may open.",
        unit: Short,
        queries: [
          { expr: `${process.openFds}{${replica}}`, legend: "{{instance}}" },
          { expr: `min(${process.maxFds}{${replica}})`, legend: "limit" },
        ],
      }),
    )
    .withRow(new RowBuilder("Memory"))
    .withPanel(
      timeseries({
        title: "Memory, of what it may use",
        description: "At 100 % the replica is killed.",
        unit: PercentUnit,
        thresholds: lowIsGood(nearLimit.memory, nearLimit.memory),
        queries: [{ expr: `${recorded.memoryByReplica}{${ofReplica}}`, legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Heap used",
        description: "Saw teeth are garbage collection at work; a floor that climbs for hours is a leak.",
        unit: BytesIEC,
        queries: [{ expr: `${runtime.heapUsed}{${replica}}`, legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Heap by space",
        description: "Of the chosen replicas together.",
        unit: BytesIEC,
        queries: [{ expr: `sum by (space) (${runtime.heapSpaceUsed}{${replica}})`, legend: "{{space}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Resident, heap, outside of the heap",
        description: "The mean of the chosen replicas. Buffers lie outside of the heap.",
        unit: BytesIEC,
        queries: [
          { expr: `avg(${runtime.heapTotal}{${replica}})`, legend: "heap" },
          { expr: `avg(${runtime.external}{${replica}})`, legend: "outside of the heap" },
          {
            expr: `avg(${process.residentBytes}{${replica}}) - avg(${runtime.heapTotal}{${replica}}) - avg(${runtime.external}{${replica}})`,
            legend: "code, stacks, the rest",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Garbage collection and resources"))
    .withPanel(
      timeseries({
        title: "Time in garbage collection",
        description: "Share of the time, by kind. Minor ones are quick; many major ones say that memory is short.",
        unit: PercentUnit,
        queries: [{ expr: sumRate(`${runtime.gcDuration}_sum{${replica}}`, "kind"), legend: "{{kind}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "What the processes hold open",
        description: "Timers, sockets and the like, of the chosen replicas together.",
        unit: Short,
        queries: [{ expr: `sum by (type) (${runtime.activeResources}{${replica}})`, legend: "{{type}}" }],
      }),
    )
    .build();
