import { type Dashboard, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BytesIEC,
  BytesPerSecondIEC,
  CountsPerSecond,
  OpsPerSecond,
  PercentUnit,
  Seconds,
  Short,
} from "@grafana/grafana-foundation-sdk/units";
import { nearLimit } from "../../prometheus/alerts.ts";
import { exported } from "../../prometheus/exported.ts";
import { redisUp } from "../../prometheus/expressions.ts";
import { recorded } from "../../prometheus/names.ts";
import { board } from "../board.ts";
import { highIsGood, lowIsGood, stat, timeseries } from "../panels.ts";
import { sumBy, sumRate } from "../promql.ts";

const { redis: store } = exported;

/** What keeps sessions, messages and the data cache. */
export function redis(): Dashboard {
  return board(
    "redis",
    "Redis",
    "What keeps sessions, messages and the data cache: memory, commands, keys, durability.",
  )
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat(
        {
          title: "Up",
          description: "1 when Redis answers its exporter.",
          unit: Short,
          thresholds: highIsGood(1, 1),
          queries: [{ expr: redisUp, legend: "up" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Memory used",
          description: "When it is full, sessions and cached data go first; then no message is stored.",
          unit: PercentUnit,
          thresholds: lowIsGood(nearLimit.memory / 2, nearLimit.memory),
          queries: [{ expr: recorded.redisMemory, legend: "memory" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Last AOF write",
          description: "1 when it went well. At 0 a restart would lose messages.",
          unit: Short,
          thresholds: highIsGood(1, 1),
          queries: [{ expr: store.aofLastWrite, legend: "written" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Clients",
          description: "One for each replica, and the exporter.",
          unit: Short,
          queries: [{ expr: store.clients, legend: "clients" }],
        },
        6,
      ),
    )
    .withRow(new RowBuilder("Over time"))
    .withPanel(
      timeseries({
        title: "Memory",
        description: "What the data takes, and the most that it may.",
        unit: BytesIEC,
        queries: [
          { expr: sumBy(store.memoryUsed), legend: "used" },
          { expr: sumBy(store.memoryMax), legend: "limit" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Keys",
        description: "In each database.",
        unit: Short,
        queries: [{ expr: `${sumBy(store.keys, "db")} > 0`, legend: "{{db}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Commands",
        description: "By command.",
        unit: OpsPerSecond,
        queries: [{ expr: sumRate(store.commands, "cmd"), legend: "{{cmd}}" }],
      }).height(10),
    )
    .withPanel(
      timeseries({
        title: "Command time",
        description: "The mean in Redis itself, the network not included.",
        unit: Seconds,
        queries: [
          {
            expr: `${sumRate(store.commandSeconds, "cmd")} / (${sumRate(store.commands, "cmd")} > 0)`,
            legend: "{{cmd}}",
          },
        ],
      }).height(10),
    )
    .withPanel(
      timeseries({
        title: "Keys that went",
        description: "Expired ones had their time; evicted ones had to make room.",
        unit: CountsPerSecond,
        queries: [
          { expr: sumRate(store.expired), legend: "expired" },
          { expr: sumRate(store.evicted), legend: "evicted" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Reads",
        description: "That found a key, and that found none.",
        unit: OpsPerSecond,
        queries: [
          { expr: sumRate(store.hits), legend: "found" },
          { expr: sumRate(store.misses), legend: "not found" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Append-only file",
        description: "Its size on disk; Redis rewrites it from time to time.",
        unit: BytesIEC,
        queries: [{ expr: sumBy(store.aofSize), legend: "size" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Network",
        description: "What comes in and goes out.",
        unit: BytesPerSecondIEC,
        queries: [
          { expr: sumRate(store.netInput), legend: "in" },
          { expr: sumRate(store.netOutput), legend: "out" },
        ],
      }),
    )
    .build();
}
