import { stringify } from "yaml";
import { scrapeIntervalSeconds } from "../prometheus/config.ts";

/** The one data source, under the uid that every dashboard names. */
export const dataSourceUid = "prometheus";

/** How panels, variables and annotations name it. */
export const dataSourceReference = { type: "prometheus", uid: dataSourceUid };

/** Grafana's provisioning file for its data source, the Prometheus at this URL. */
export function dataSource(url: string) {
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        name: "Prometheus",
        uid: dataSourceUid,
        type: "prometheus",
        access: "proxy",
        url,
        isDefault: true,
        editable: false,
        jsonData: { timeInterval: `${scrapeIntervalSeconds}s`, httpMethod: "POST" },
      },
    ],
  });
}

/** Grafana's own folder of the boards and alerts. */
export const folder = "Résumé stack";

/** Grafana's provisioning file for the dashboards that lie at a path in its container. */
export function dashboardProvider(path: string) {
  return stringify({
    apiVersion: 1,
    providers: [
      {
        name: "stack",
        folder,
        type: "file",
        // Deletes a board whose file is gone.
        disableDeletion: false,
        allowUiUpdates: false,
        options: { path },
      },
    ],
  });
}

/** Grafana's provisioning file of app plugins: none. */
export const noPlugins = stringify({ apiVersion: 1, apps: [] });
