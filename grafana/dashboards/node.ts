import { type Dashboard, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { nearLimit } from "../../prometheus/alerts.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { recorded } from "../../prometheus/names.ts";
import { board } from "../board.ts";
import { lowIsGood, stacked, timeseries } from "../panels.ts";
import { rate } from "../promql.ts";
import { ofChosen, ofReplica, ofShown, replicaVariable, shownVariable } from "../variables.ts";

const { node: runtime, process } = exported;

/** A metric of the chosen replicas. */
function of(metric: string) {
  return ofChosen(`${metric}{${resumeJob}}`);
}

/** Inside the replicas' processes: event loop, memory, garbage collection, descriptors. */
export function node(): Dashboard {
  return board(
    "node",
    "Node runtime",
    "Inside the replicas' processes: event loop, heap, garbage collection, file descriptors.",
  )
    .withVariable(shownVariable)
    .withVariable(replicaVariable)
    .withRow(new RowBuilder("Event loop and CPU"))
    .withPanel(
      timeseries({
        title: "Event loop utilisation",
        description: "Share of the time that the loop works. Near 100 % the replica can take no more.",
        unit: PercentUnit,
        max: 1,
        thresholds: lowIsGood(0.8, 0.95),
        queries: [{ expr: ofShown(`${recorded.eventLoopByReplica}{${ofReplica}}`), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Event loop delay",
        description:
          "How long a ready callback waits, p99. It is measured every 10 ms, so an idle loop shows 10 ms. One line above the others is a replica that computes.",
        unit: Seconds,
        queries: [{ expr: ofShown(of(runtime.loopDelayP99)), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Processors that each replica uses.",
        unit: Short,
        queries: [{ expr: ofShown(`${recorded.cpuByReplica}{${ofReplica}}`), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Open files and connections",
        description: "Of each replica, and the least that one may open.",
        unit: Short,
        queries: [
          { expr: ofShown(of(process.openFds)), legend: "{{replica}}" },
          { expr: `min(${of(process.maxFds)})`, legend: "limit" },
        ],
      }),
    )
    .withRow(new RowBuilder("Memory"))
    .withPanel(
      timeseries({
        title: "Memory and heap, of what they may use",
        description: "At 100 % of the one the replica is killed, at 100 % of the other it ends.",
        unit: PercentUnit,
        max: 1,
        thresholds: lowIsGood(nearLimit.memory, nearLimit.memory),
        queries: [
          { expr: ofShown(`${recorded.memoryByReplica}{${ofReplica}}`), legend: "{{replica}}" },
          { expr: ofShown(`${recorded.heapByReplica}{${ofReplica}}`), legend: "{{replica}} heap" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Heap used",
        description: "Saw teeth are garbage collection at work; a floor that climbs for hours is a leak.",
        unit: BytesIEC,
        queries: [{ expr: ofShown(of(runtime.heapUsed)), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Heap by space",
        description: "Of the chosen replicas together.",
        unit: BytesIEC,
        queries: [{ expr: `sum by (space) (${of(runtime.heapSpaceUsed)})`, legend: "{{space}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Resident, heap, outside of the heap",
        description: "The mean of the chosen replicas. Buffers lie outside of the heap.",
        unit: BytesIEC,
        queries: [
          { expr: `avg(${of(runtime.heapTotal)})`, legend: "heap" },
          { expr: `avg(${of(runtime.external)})`, legend: "outside of the heap" },
          {
            expr: `avg(${of(process.residentBytes)}) - avg(${of(runtime.heapTotal)}) - avg(${of(runtime.external)})`,
            legend: "code, stacks, the rest",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Garbage collection and resources"))
    .withPanel(
      timeseries({
        title: "Time in garbage collection",
        description:
          "Share of the time, by kind, the mean of the chosen replicas. Minor ones are quick; many major ones say that memory is short.",
        unit: PercentUnit,
        queries: [
          {
            expr: `avg by (kind) (${ofChosen(rate(`${runtime.gcDuration}_sum{${resumeJob}}`))})`,
            legend: "{{kind}}",
          },
        ],
      }),
    )
    .withPanel(
      stacked({
        title: "What the processes hold open",
        description: "Timers, sockets and the like, of the chosen replicas together.",
        unit: Short,
        queries: [{ expr: `sum by (type) (${of(runtime.activeResources)})`, legend: "{{type}}" }],
      }),
    )
    .build();
}
