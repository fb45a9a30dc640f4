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

const firing = `${exported.alerts}{alertstate="firing"}`;
const annotationStep = "15s";

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
    // Only the start: Grafana would mark the whole time in red while there are samples.
    .expr(`${firing} unless ${firing} offset ${annotationStep}`)
    .step(annotationStep)
    .titleFormat("{{alertname}}")
    .tagKeys("severity"),
];

/** A link at the top of a board; the SDK's default puts it into a menu. */
class TopLinkBuilder extends DashboardLinkBuilder {
  constructor(title: string) {
    super(title);
    delete this.internal.placement;
  }
}

const otherBoards = new TopLinkBuilder("Boards")
  .type(DashboardLinkType.Dashboards)
  .tags([tag])
  .includeVars(true)
  .keepTime(true);

const alertList = new TopLinkBuilder("Alerts")
  .type(DashboardLinkType.Link)
  .icon("bolt")
  .tooltip("What fires, and what it means")
  .url("/alerting/list")
  .keepTime(false);

/** What all boards have in common: read-only, the same time range, links to one another, deployments and alerts on every line. */
export function board(name: string, title: string, description: string) {
  return new DashboardBuilder(title)
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
}
