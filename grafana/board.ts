import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { exported } from "../prometheus/exported.ts";
import { deployments } from "../prometheus/expressions.ts";
import { dataSourceReference } from "./provisioning.ts";

/** Finds all boards for the links between them. */
const tag = "resume";

/** Events that explain what lines do: a new version, an alert. */
const annotations = [
  new AnnotationQueryBuilder()
    .name("Deployments")
    .datasource(dataSourceReference)
    .enable(true)
    .iconColor("blue")
    .expr(deployments)
    .step("15s")
    .titleFormat("Version {{version}}"),
  new AnnotationQueryBuilder()
    .name("Alerts")
    .datasource(dataSourceReference)
    .enable(true)
    .iconColor("red")
    .expr(`${exported.alerts}{alertstate="firing"}`)
    .step("15s")
    .titleFormat("{{alertname}}")
    .tagKeys("severity"),
];

const otherBoards = new DashboardLinkBuilder("Boards")
  .type(DashboardLinkType.Dashboards)
  .tags([tag])
  .includeVars(true)
  .keepTime(true);

const alertList = new DashboardLinkBuilder("Alerts")
  .type(DashboardLinkType.Link)
  .icon("bolt")
  .tooltip("What fires, and what it means")
  .url("/alerting/list")
  .keepTime(false);

/** What all boards have in common: read-only, the same time range, links to one another, deployments and alerts on every line. */
export const board = (name: string, title: string, description: string) =>
  new DashboardBuilder(title)
    .uid(`resume-${name}`)
    .description(description)
    .tags([tag])
    .refresh("5s")
    .time({ from: "now-15m", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .annotations(annotations)
    .links([otherBoards, alertList]);
