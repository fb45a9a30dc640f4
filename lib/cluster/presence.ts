/** The state of our cluster. A stopped one, as after a restart of the machine, keeps its objects and volumes. */
export type Presence = "none" | "stopped" | "running";
